// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp doctor: what building the module takes. The kernel and its options, its headers and what they export, the
 * compiler, BTF, and what DKMS has to say. None of it stands in the way of a module that is there.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "doctor.h"

/* As BUILD_EXCLUSIVE_KERNEL and BUILD_EXCLUSIVE_CONFIG of packaging/dkms.conf. */
static const char *const kernels[] = { "6.1", "6.12", "7.2" };
static const char *const needed_options[] = {
	"CONFIG_MODULES", "CONFIG_NET_NS", "CONFIG_INET", "CONFIG_IPV6", "CONFIG_SYSCTL", "CONFIG_PROC_FS",
};

/* What the module takes from the kernel and no other module could give. */
static const char *const needed_symbols[] = {
	"inet_protos", "inet6_protos", "tcp_prot", "inet_csk_get_port", "inet_register_protosw",
	"inet6_register_protosw", "ip_queue_xmit", "ip6_xmit", "tcp_register_congestion_control",
};

static void check_kernel(struct patient *p)
{
	size_t i, len;

	for (i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		len = strlen(kernels[i]);
		if (!strncmp(p->release, kernels[i], len) && !isdigit((unsigned char)p->release[len]))
			break;
	}
	if (i == sizeof(kernels) / sizeof(kernels[0]))
		told(p, "kernel", unless_usable(p), "boot a kernel 6.1, 6.12 or 7.2, those that XTCP is tested on",
		     "%s is a kernel that XTCP is not built for", p->release);
	else if (strcmp(p->machine, "x86_64") && strcmp(p->machine, "aarch64"))
		told(p, "kernel", unless_usable(p), "a machine with x86_64 or aarch64",
		     "XTCP is not built for %s", p->machine);
	else
		told(p, "kernel", FINE, NULL, "%s, %s", p->release, p->machine);
}

static char *find_config(const struct patient *p)
{
	char *text = NULL, *all;

	if (p->headers) {
		char *path = text_of("%s/include/config/auto.conf", p->headers);

		text = read_whole(path, NULL);
		free(path);
	}
	if (!text)
		text = read_of(p, "/boot/config-%s", p->release);
	if (!text)
		text = read_of(p, "/lib/modules/%s/config", p->release);
	if (!text)
		return NULL;
	all = text_of("\n%s", text);
	free(text);
	return all;
}

static void check_config(struct patient *p)
{
	char missing[256] = "";
	size_t i;

	if (!p->config) {
		told(p, "config", NOTE, NULL, "the kernel's configuration is not at hand");
		return;
	}
	for (i = 0; i < sizeof(needed_options) / sizeof(needed_options[0]); i++)
		if (!option_set(p, needed_options[i]))
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing), " %s",
				 needed_options[i]);
	if (*missing)
		told(p, "config", FAULT, "a kernel that has them", "the kernel was built without%s", missing);
	else
		told(p, "config", FINE, NULL, "the kernel has the options that are needed");
}

/* Where lib/modules/RELEASE/build points, below root; or Debian's folder. */
static char *find_headers(const struct patient *p)
{
	char *link = path_of(p, "/lib/modules/%s/build", p->release), target[4096];
	ssize_t len = readlink(link, target, sizeof(target) - 1);
	char *dir;

	if (len > 0 && target[0] == '/') {
		target[len] = '\0';
		dir = path_of(p, "%s", target);
	} else {
		dir = strdup(link);
	}
	free(link);
	if (dir && !access(dir, F_OK))
		return dir;
	free(dir);
	dir = path_of(p, "/usr/src/linux-headers-%s", p->release);
	if (!access(dir, F_OK))
		return dir;
	free(dir);
	return NULL;
}

/* What the headers say they are, "" if they do not. */
static void headers_release(const struct patient *p, char *release, size_t size)
{
	char *path = text_of("%s/include/generated/utsrelease.h", p->headers), *text = read_whole(path, NULL);
	char *at = text ? strchr(text, '"') : NULL;

	snprintf(release, size, "%.*s", at ? (int)strcspn(at + 1, "\"") : 0, at ? at + 1 : "");
	free(text);
	free(path);
}

static void check_headers(struct patient *p)
{
	char *apt = text_of("apt-get install linux-headers-%s", p->release), *makefile, *options, release[128];
	enum verdict bad = unless_usable(p);

	if (!p->headers) {
		told(p, "headers", bad, apt, "there are no headers for %s", p->release);
		free(apt);
		return;
	}
	makefile = text_of("%s/Makefile", p->headers);
	options = text_of("%s/include/generated/autoconf.h", p->headers);
	headers_release(p, release, sizeof(release));
	if (access(makefile, F_OK) || access(options, F_OK))
		told(p, "headers", bad, apt, "the headers in %s are incomplete", p->headers + strlen(p->root));
	else if (*release && strcmp(release, p->release))
		told(p, "headers", bad, apt, "the headers in %s are those of %s", p->headers + strlen(p->root),
		     release);
	else
		told(p, "headers", FINE, NULL, "%s", p->headers + strlen(p->root));
	free(makefile);
	free(options);
	free(apt);
}

/* The compiler that the headers name (Debian: .kernelvariables), else the one that the kernel was built with. */
static void wanted_compiler(const struct patient *p, char *name, size_t size)
{
	char *path = text_of("%s/.kernelvariables", p->headers), *text = read_whole(path, NULL), *at;

	snprintf(name, size, "%s", option_set(p, "CONFIG_CC_IS_CLANG") ? "clang" : "gcc");
	at = text ? strstr(text, "gcc-") : NULL;
	if (at)
		snprintf(name, size, "gcc-%.*s", (int)strspn(at + 4, "0123456789"), at + 4);
	free(text);
	free(path);
}

static void check_compiler(struct patient *p)
{
	char name[32], *apt;

	if (!p->headers)
		return;
	wanted_compiler(p, name, sizeof(name));
	apt = text_of("apt-get install make %s", name);
	if (!has_program(p, name))
		told(p, "compiler", unless_usable(p), apt, "the kernel is compiled with %s, which is not here", name);
	else if (!has_program(p, "make"))
		told(p, "compiler", unless_usable(p), apt, "there is no make");
	else
		told(p, "compiler", FINE, NULL, "%s", name);
	free(apt);
}

static void check_btf(struct patient *p)
{
	char *vmlinux;
	bool image;

	if (!p->headers)
		return;
	vmlinux = text_of("%s/vmlinux", p->headers);
	image = !access(vmlinux, F_OK);
	free(vmlinux);
	if (!option_set(p, "CONFIG_DEBUG_INFO_BTF_MODULES") || !image)
		told(p, "btf", FINE, NULL, "not wanted for modules by these headers");
	else if (!has_program(p, "pahole"))
		told(p, "btf", WARNING, "apt-get install dwarves, or make ... CONFIG_DEBUG_INFO_BTF_MODULES=",
		     "the headers want BTF made by pahole, which is not here; DKMS and `make install` do without");
	else
		told(p, "btf", FINE, NULL, "pahole is here");
}

/* What the kernel exports to modules: a line "CRC\tSYMBOL\tvmlinux\t..." each. */
static void check_api(struct patient *p)
{
	char *path, *text, missing[256] = "";
	size_t i;

	if (!p->headers)
		return;
	path = text_of("%s/Module.symvers", p->headers);
	text = read_whole(path, NULL);
	free(path);
	if (!text) {
		told(p, "api", unless_usable(p), "headers that have it",
		     "the headers do not say what the kernel exports");
		return;
	}
	for (i = 0; i < sizeof(needed_symbols) / sizeof(needed_symbols[0]); i++)
		if (!has_word(text, needed_symbols[i]))
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing), " %s",
				 needed_symbols[i]);
	if (*missing)
		told(p, "api", FAULT,
		     "a kernel of the distribution: this one was changed or trimmed (TRIM_UNUSED_KSYMS)",
		     "the kernel does not export%s", missing);
	else
		told(p, "api", FINE, NULL, "the kernel exports what the module begins with");
	free(text);
}

/* The first line of @log that tells of an error, cut; NULL: none does. */
static char *first_error(char *log)
{
	static const char *const signs[] = { " error: ", "Error ", "ERROR", "XTCP: ", "not found" };
	char *save = NULL, *line;
	size_t i;

	for (line = strtok_r(log, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
			if (strstr(line, signs[i])) {
				line[strnlen(line, 160)] = '\0';
				return line;
			}
	return NULL;
}

static void check_dkms_version(struct patient *p, const char *version)
{
	char *remedy = text_of("dkms install xtcp/%s -k %s", version, p->release), *log, *line;

	if (!exists(p, "/var/lib/dkms/xtcp/%s/source/dkms.conf", version) &&
	    !exists(p, "/usr/src/xtcp-%s/dkms.conf", version)) {
		free(remedy);
		remedy = text_of("rm -r /var/lib/dkms/xtcp/%s, and install XTCP again", version);
		told(p, "dkms", FAULT, remedy, "DKMS knows xtcp %s, but its sources are gone", version);
	} else if (exists(p, "/var/lib/dkms/xtcp/%s/%s/%s/module", version, p->release, p->machine)) {
		told(p, "dkms", FINE, NULL, "DKMS has built xtcp %s for %s", version, p->release);
	} else {
		log = read_of(p, "/var/lib/dkms/xtcp/%s/build/make.log", version);
		line = log ? first_error(log) : NULL;
		if (line) {
			char *more = text_of("read /var/lib/dkms/xtcp/%s/build/make.log; then %s", version, remedy);

			told(p, "dkms", unless_usable(p), more, "DKMS could not build xtcp %s: %s", version, line);
			free(more);
		} else {
			told(p, "dkms", unless_usable(p), remedy, "DKMS has not built xtcp %s for %s", version,
			     p->release);
		}
		free(log);
	}
	free(remedy);
}

static void check_dkms(struct patient *p)
{
	char *dir = path_of(p, "/var/lib/dkms/xtcp");
	DIR *d = opendir(dir);
	bool any = false;
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0])) {
			check_dkms_version(p, e->d_name);
			any = true;
		}
	if (d)
		closedir(d);
	if (!any)
		told(p, "dkms", NOTE, NULL, "DKMS does not know xtcp: another kernel has to have it built anew");
	free(dir);
}

void doctor_build(struct patient *p)
{
	p->headers = find_headers(p);
	p->config = find_config(p);
	check_kernel(p);
	check_config(p);
	check_headers(p);
	check_compiler(p);
	check_btf(p);
	check_api(p);
	check_dkms(p);
}
