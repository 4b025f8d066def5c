// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp doctor: what loading the module takes. The module itself, Secure Boot and keys, modprobe.d and what forbids
 * modules altogether, security modules, settings that contradict each other, and what is loaded now.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <xtcp/version.h>

#include "doctor.h"

#define AF_XTCP		18
#define SIGNED		"~Module signature appended~\n"

/* --- The module */

static const char *const places[] = { "updates/dkms", "updates", "extra", "kernel/net/xtcp" };
static const char *const endings[] = { "", ".xz", ".zst", ".gz" };

/* The installed module that comes first, without root; *@more: another one, NULL if there is none. */
static char *find_module(const struct patient *p, char **more)
{
	char *found = NULL;
	size_t i, j;

	*more = NULL;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		for (j = 0; j < sizeof(endings) / sizeof(endings[0]); j++) {
			char *path = text_of("/lib/modules/%s/%s/xtcp.ko%s", p->release, places[i], endings[j]);

			if (!exists(p, "%s", path))
				free(path);
			else if (!found)
				found = path;
			else
				*more = path;
		}
	return found;
}

/* What follows "@key=" in the module's information; NULL: not there, or the module is compressed. */
static const char *info(const char *module, size_t size, const char *key)
{
	const char *at = module, *end = module + size;
	size_t len = strlen(key);

	while ((at = memmem(at, end - at, key, len))) {
		if ((at == module || !at[-1]) && at[len] == '=')
			return at + len + 1;
		at += len;
	}
	return NULL;
}

static void judge_module(struct patient *p, const char *path, const char *module, size_t size)
{
	const char *magic = info(module, size, "vermagic"), *version = info(module, size, "version");
	char *remedy = text_of("dkms install xtcp/%s -k %s --force, or make install", XTCP_VERSION, p->release);
	size_t len = strlen(p->release);

	if (magic && (strncmp(magic, p->release, len) || magic[len] != ' ')) {
		told(p, "module", FAULT, remedy, "%s is for the kernel %.*s, not for %s", path, (int)strcspn(magic,
													     " "),
													     magic,
		     p->release);
	} else {
		p->usable = true;
		if (version && strcmp(version, XTCP_VERSION))
			told(p, "module", WARNING, "install module and tools from one version",
			     "%s is version %s, this program is %s", path, version, XTCP_VERSION);
		else
			told(p, "module", FINE, NULL, "%s%s%s", path, version ? ", version " : "",
			     version ? version : "");
	}
	free(remedy);
}

/* depmod's list must have it, else neither modprobe nor the kernel's own requests find it. */
static void check_depmod(struct patient *p, const char *path)
{
	char *deps = read_of(p, "/lib/modules/%s/modules.dep", p->release);
	char *aliases = read_of(p, "/lib/modules/%s/modules.alias", p->release);
	char *remedy = text_of("depmod %s", p->release);

	if (!deps || !strstr(deps, "/xtcp.ko")) {
		told(p, "depmod", FAULT, remedy, "%s is not in modules.dep: modprobe does not find it", path);
		p->usable = false;
	} else if (aliases && !strstr(aliases, "alias net-pf-18 xtcp")) {
		told(p, "depmod", FAULT, remedy,
		     "modules.alias does not give the family 18 to xtcp: no socket loads it");
	} else {
		told(p, "depmod", FINE, NULL, "modprobe finds it, and so does a socket of the family");
	}
	free(deps);
	free(aliases);
	free(remedy);
}

void doctor_module(struct patient *p)
{
	char *more, *path = find_module(p, &more), *module;
	size_t size;

	if (!path) {
		char *remedy = text_of("apt-get install xtcp-dkms, or make install RELEASE=%s", p->release);

		told(p, "module", FAULT, remedy, "xtcp.ko is not installed for %s", p->release);
		free(remedy);
		return;
	}
	p->module = path_of(p, "%s", path);
	module = read_whole(p->module, &size);
	if (module)
		judge_module(p, path, module, size);
	else
		told(p, "module", WARNING, "look as root", "%s cannot be read: %s", path, strerror(errno));
	free(module);
	if (more)
		told(p, "module", WARNING, "remove the one that is not wanted, then depmod",
		     "there is another one, %s", more);
	check_depmod(p, path);
	free(path);
	free(more);
}

/* --- Secure Boot */

static bool flag_is(const struct patient *p, const char *path, char value)
{
	char *text = read_of(p, "%s", path);
	bool yes = text && text[0] == value;

	free(text);
	return yes;
}

/* What makes the kernel refuse unsigned modules; NULL: nothing does. */
static const char *signatures_demanded(const struct patient *p)
{
	char *path = path_of(p, "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c");
	char *lock = read_of(p, "/sys/kernel/security/lockdown"), *efi;
	bool locked = lock && (strstr(lock, "[integrity]") || strstr(lock, "[confidentiality]"));
	bool secure;
	size_t size;

	efi = read_whole(path, &size);
	/* four bytes of attributes, then the value */
	secure = efi && size >= 5 && efi[4] == 1;
	free(path);
	free(lock);
	free(efi);
	if (secure)
		return "Secure Boot is on";
	if (locked)
		return "the kernel is locked down";
	if (flag_is(p, "/sys/module/module/parameters/sig_enforce", 'Y') || option_set(p, "CONFIG_MODULE_SIG_FORCE"))
		return "the kernel takes signed modules only";
	return NULL;
}

/* Whether the machine's certificate @cert is among the keys that its owner has enrolled, for all that can be read. */
static bool is_enrolled(const struct patient *p, const char *cert, size_t cert_size)
{
	static const char *const lists[] = {
		"/sys/firmware/efi/mok-variables/MokListRT",
		"/sys/firmware/efi/efivars/MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23",
	};
	bool known = false;
	size_t i, size;

	for (i = 0; i < sizeof(lists) / sizeof(lists[0]) && !known; i++) {
		char *path = path_of(p, "%s", lists[i]), *list = read_whole(path, &size);

		known = list ? !!memmem(list, size, cert, cert_size) : errno == EACCES;
		free(list);
		free(path);
	}
	return known;
}

static bool is_signed(const struct patient *p)
{
	size_t size, len = strlen(SIGNED);
	char *module = read_whole(p->module, &size);
	bool yes = module && size >= len && !memcmp(module + size - len, SIGNED, len);

	free(module);
	return yes;
}

static void check_key(struct patient *p, const char *why)
{
	static const char *const certs[] = { "/var/lib/dkms/mok.pub", "/var/lib/shim-signed/mok/MOK.der" };
	char *cert = NULL, *remedy, *path;
	size_t size = 0, i;

	for (i = 0; i < sizeof(certs) / sizeof(certs[0]) && !cert; i++) {
		path = path_of(p, "%s", certs[i]);
		cert = read_whole(path, &size);
		free(path);
	}
	if (!cert) {
		told(p, "secureboot", FAULT, "make sign (it says how a key is made and enrolled)",
		     "%s, and this machine has no key of its own to sign modules with", why);
		return;
	}
	remedy = text_of("mokutil --import %s, then boot and confirm", certs[i - 1]);
	if (!is_enrolled(p, cert, size))
		told(p, "secureboot", FAULT, remedy, "%s, and the firmware does not know the key %s", why,
		     certs[i - 1]);
	else if (p->module && !strchr("zx", p->module[strlen(p->module) - 1]) && !is_signed(p))
		told(p, "secureboot", FAULT, "make sign, or install with DKMS, which signs", "%s, and %s is not signed",
		     why,
		     p->module + strlen(p->root));
	else
		told(p, "secureboot", FINE, NULL, "%s; the key %s is there", why, certs[i - 1]);
	free(remedy);
	free(cert);
}

static void check_secure_boot(struct patient *p)
{
	const char *why = signatures_demanded(p);

	if (why)
		check_key(p, why);
	else
		told(p, "secureboot", FINE, NULL, "no signature is demanded");
}

/* --- modprobe.d, and what forbids modules altogether */

static const char *const modprobe_dirs[] = {
	"etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d", NULL
};

static bool is_ours(const char *name)
{
	return !strcmp(name, "xtcp") || !strcmp(name, "net-pf-18") || !strcmp(name, "tcp_xtcp");
}

static void modprobe_line(struct patient *p, const char *file, char *line, void *arg)
{
	char *save = NULL, *verb = strtok_r(line, " \t", &save), *name = strtok_r(NULL, " \t", &save);
	char *rest = strtok_r(NULL, "", &save), *remedy;
	bool *found = arg;

	if (!verb || !name || !is_ours(name))
		return;
	remedy = text_of("take the line out of %s", file);
	if (!strcmp(verb, "blacklist")) {
		*found = true;
		told(p, "blacklist", FAULT, remedy, "%s: blacklist %s: only modprobe xtcp loads it", file, name);
	} else if (!strcmp(verb, "install") || (!strcmp(verb, "alias") && rest && !strstr(rest, "xtcp"))) {
		*found = true;
		told(p, "blacklist", FAULT, remedy, "%s: %s %s %s: it is not loaded", file, verb, name,
		     rest ? rest : "");
	} else if (!strcmp(verb, "options") && rest && strstr(rest, "family=")) {
		told(p, "blacklist", NOTE, NULL,
		     "%s: %s: the family is not %d; xtcp-run has to be told (XTCP_RUN_FAMILY)",
		     file, rest, AF_XTCP);
	}
	free(remedy);
}

/* @option=...,xtcp,... on the kernel's command line */
static bool told_at_boot(const char *cmdline, const char *option)
{
	const char *at = strstr(cmdline, option);
	bool yes = false;
	char *list;

	if (!at)
		return false;
	list = text_of("%.*s", (int)strcspn(at + strlen(option), "\n "), at + strlen(option));
	yes = has_word(list, "xtcp");
	free(list);
	return yes;
}

static void check_blacklist(struct patient *p)
{
	bool found = false, loaded = exists(p, "/sys/module/xtcp");
	char *cmdline = read_of(p, "/proc/cmdline"), *helper = read_of(p, "/proc/sys/kernel/modprobe");

	each_conf_line(p, modprobe_dirs, modprobe_line, &found);
	if (cmdline && (told_at_boot(cmdline, "module_blacklist=") || told_at_boot(cmdline, "modprobe.blacklist="))) {
		found = true;
		told(p, "blacklist", FAULT, "take it out of the boot loader's configuration",
		     "the kernel's command line blacklists xtcp");
	}
	if (!loaded && flag_is(p, "/proc/sys/kernel/modules_disabled", '1')) {
		found = true;
		told(p, "blacklist", FAULT, "boot, with xtcp in modules-load.d",
		     "kernel.modules_disabled is 1: no module can be loaded until the next boot");
	}
	if (helper && (helper[0] == '\n' || !helper[0])) {
		found = true;
		told(p, "blacklist", FAULT, "sysctl kernel.modprobe=/sbin/modprobe, or xtcp in modules-load.d",
		     "kernel.modprobe is empty: the kernel loads no module by itself");
	}
	if (!found)
		told(p, "blacklist", FINE, NULL, "nothing forbids it");
	free(cmdline);
	free(helper);
}

/* --- Security modules */

static unsigned int count_of(const char *text, const char *what)
{
	unsigned int n = 0;

	for (; text && (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void check_lsm(struct patient *p)
{
	char *list = read_of(p, "/sys/kernel/security/lsm");
	char *profiles = read_of(p, "/sys/kernel/security/apparmor/profiles");
	unsigned int enforced = count_of(profiles, "(enforce)");
	bool found = false;

	if (list && strstr(list, "loadpin") && flag_is(p, "/proc/sys/kernel/loadpin/enforce", '1')) {
		found = true;
		told(p, "lsm", FAULT,
		     "sysctl kernel.loadpin.enforce=0, or install the module on the file system of the first one",
		     "LoadPin takes modules from one file system only");
	}
	if (flag_is(p, "/sys/fs/selinux/enforce", '1')) {
		found = true;
		told(p, "lsm", WARNING, "for a domain that needs it: allow DOMAIN self:socket { create connect ... };",
		     "SELinux enforces: for family 18 a confined domain needs the class \"socket\" too");
	}
	if (enforced) {
		found = true;
		told(p, "lsm", NOTE, NULL,
		     "AppArmor enforces %u profiles: one that lists networks needs \"network ash stream,\"",
		     enforced);
	}
	if (!found)
		told(p, "lsm", FINE, NULL, "no security module stands in the way");
	free(list);
	free(profiles);
}

/* --- Settings */

static const char *const sysctl_dirs[] = {
	"etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d", NULL
};

static const char *const load_dirs[] = {
	"etc/modules-load.d", "run/modules-load.d", "usr/local/lib/modules-load.d", "usr/lib/modules-load.d", NULL
};

/* Those of Documentation/sysctl.rst. */
static const char *const knobs[] = {
	"time_wait_ms", "time_wait_max", "congestion_control", "init_cwnd", "rto_min_us", "rto_max_ms", "delack_max_ms",
	"quickack", "closed_max", "event_rate", "stall_retries", "listen_alarm_percent", "policy_max", "cong_target_q8",
	"cong_floor_us", "cong_loss_permille", "cong_dip_ms", "cong_compete",
};

#define KNOBS	(sizeof(knobs) / sizeof(knobs[0]))

struct settings {
	char *value[KNOBS];
	char *file[KNOBS];
	bool any;	/* of net.xtcp */
	bool found;	/* something to tell */
	bool disabled;	/* kernel.modules_disabled */
	bool at_boot;	/* in modules-load.d */
};

static void set_knob(struct patient *p, struct settings *s, const char *file, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < KNOBS && strcmp(name, knobs[i]); i++)
		;
	s->any = true;
	if (i == KNOBS) {
		s->found = true;
		told(p, "sysctl", FAULT, "correct the name: xtcp param lists them", "%s: there is no net.xtcp.%s", file,
		     name);
		return;
	}
	if (s->value[i] && strcmp(s->value[i], value)) {
		s->found = true;
		told(p, "sysctl", WARNING, "take one of them out", "net.xtcp.%s is %s in %s, and %s in %s, which wins",
		     name, s->value[i], s->file[i], value, file);
	}
	free(s->value[i]);
	free(s->file[i]);
	s->value[i] = strdup(value);
	s->file[i] = strdup(file);
}

static void sysctl_line(struct patient *p, const char *file, char *line, void *arg)
{
	struct settings *s = arg;
	char *value = strchr(line, '='), *end, *at;

	if (!value)
		return;
	*value++ = '\0';
	line += *line == '-';
	value += strspn(value, " \t");
	for (end = value + strlen(value); end > value && isspace((unsigned char)end[-1]); end--)
		end[-1] = '\0';
	line[strcspn(line, " \t")] = '\0';
	for (at = line; *at; at++)
		if (*at == '/')
			*at = '.';
	if (!strncmp(line, "net.xtcp.", 9)) {
		set_knob(p, s, file, line + 9, value);
	} else if (!strcmp(line, "kernel.modules_disabled") && value[0] == '1') {
		s->disabled = true;
	} else if (!strcmp(line, "net.ipv4.tcp_congestion_control") && !strcmp(value, "xtcp") && !p->usable) {
		s->found = true;
		told(p, "sysctl", WARNING, "see what is said of the module",
		     "%s: the congestion control xtcp is asked for, but the module cannot be loaded", file);
	}
}

static void load_line(struct patient *p, const char *file, char *line, void *arg)
{
	struct settings *s = arg;

	(void)p;
	(void)file;
	s->at_boot |= has_word(line, "xtcp");
}

/* Settings of the kernel's TCP that XTCP obeys, too, and that cost throughput where they are off. */
static void check_tcp(struct patient *p, struct settings *s)
{
	static const char *const wanted[] = { "tcp_sack", "tcp_timestamps", "tcp_window_scaling" };
	char *remedy;
	size_t i;

	for (i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		char *text = read_of(p, "/proc/sys/net/ipv4/%s", wanted[i]);

		if (text && text[0] == '0') {
			s->found = true;
			remedy = text_of("sysctl net.ipv4.%s=1", wanted[i]);
			told(p, "sysctl", WARNING, remedy, "net.ipv4.%s is 0, which slows XTCP down as it does TCP",
			     wanted[i]);
			free(remedy);
		}
		free(text);
	}
}

static void check_sysctl(struct patient *p)
{
	struct settings s = {};
	size_t i;

	each_conf_line(p, load_dirs, load_line, &s);
	each_conf_line(p, sysctl_dirs, sysctl_line, &s);
	if (s.disabled && !s.at_boot) {
		s.found = true;
		told(p, "sysctl", FAULT, "echo xtcp >/etc/modules-load.d/xtcp.conf",
		     "kernel.modules_disabled is set at boot, and xtcp is not loaded before");
	}
	if (s.any && !exists(p, "/usr/lib/udev/rules.d/60-xtcp.rules") &&
	    !exists(p, "/lib/udev/rules.d/60-xtcp.rules") && !exists(p, "/etc/udev/rules.d/60-xtcp.rules") &&
	    !exists(p, "/usr/local/lib/udev/rules.d/60-xtcp.rules")) {
		s.found = true;
		told(p, "sysctl", WARNING, "install packaging/60-xtcp.rules, or load xtcp at boot",
		     "net.xtcp is set in sysctl.d, but no rule of udev applies it when the module is loaded");
	}
	check_tcp(p, &s);
	if (!s.found)
		told(p, "sysctl", FINE, NULL, "no settings contradict each other");
	for (i = 0; i < KNOBS; i++) {
		free(s.value[i]);
		free(s.file[i]);
	}
}

/* --- What is loaded */

static void check_loaded(struct patient *p)
{
	char *version = read_of(p, "/sys/module/xtcp/version"), *family;
	int fd = 0;

	if (!version) {
		told(p, "loaded", NOTE, NULL, "not loaded; the first socket of the family loads it, or modprobe xtcp");
		return;
	}
	version[strcspn(version, "\n")] = '\0';
	family = read_of(p, "/sys/module/xtcp/parameters/family");
	if (!*p->root) {
		fd = socket(family ? atoi(family) : AF_XTCP, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fd >= 0)
			close(fd);
	}
	if (fd < 0)
		told(p, "loaded", FAULT, "dmesg, and what is said of lsm; a container's seccomp filter",
		     "version %s is loaded, but gives no socket: %s", version, strerror(errno));
	else if (strcmp(version, XTCP_VERSION))
		told(p, "loaded", WARNING, "rmmod xtcp && modprobe xtcp",
		     "version %s is loaded, this program is %s", version, XTCP_VERSION);
	else
		told(p, "loaded", FINE, NULL, "version %s", version);
	free(family);
	free(version);
}

void doctor_load(struct patient *p)
{
	check_secure_boot(p);
	check_blacklist(p);
	check_lsm(p);
	check_sysctl(p);
	check_loaded(p);
}
