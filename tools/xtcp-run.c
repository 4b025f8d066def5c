// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp-run: runs a program, unmodified, with its TCP connections on XTCP. xtcp-run(8) is the reference.
 *
 * It asks the kernel for an XTCP socket first, so that whoever starts the program learns at once, and once, when there
 * is none. Then it prepares the way that reaches the program, libxtcp-preload.so in LD_PRELOAD or a seccomp filter with
 * a helper behind it, and becomes the program.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/xtcp.h>

#include "xtcp-run.h"

#define PRELOAD_NAME	"libxtcp-preload.so"
#define FAMILY_FILE	"/sys/module/xtcp/parameters/family"

static const char usage_text[] =
	"usage: xtcp-run [--require] [--verbose] [--how=WAY] PROGRAM [ARG...]\n"
	"       xtcp-run [--require] [--verbose] [--how=WAY] [--root=DIR] enable UNIT\n"
	"       xtcp-run [--root=DIR] disable UNIT\n"
	"\n"
	"Runs PROGRAM with its TCP connections, and those of its children, on XTCP; or has systemd run a service so.\n"
	"\n"
	"  -r, --require  fail when XTCP is not available, instead of using TCP\n"
	"  -v, --verbose  tell on stderr what each TCP socket became\n"
	"      --how=WAY  preload: by a library, for dynamically linked programs\n"
	"                 seccomp: by answering socket() from outside, for all others\n"
	"                 auto: whichever PROGRAM needs (default)\n"
	"      --root=DIR the system whose service is meant\n"
	"  -h, --help     this text\n"
	"\n"
	"Exit status: PROGRAM's own; 125: xtcp-run failed; 126: PROGRAM cannot be run; 127: it cannot be found.\n";

/* The address family of the loaded module; AF_XTCP when it is not loaded (yet). */
static int xtcp_family(void)
{
	FILE *file = fopen(FAMILY_FILE, "re");
	int family;

	if (!file)
		return AF_XTCP;
	if (fscanf(file, "%d", &family) != 1 || family <= 0)
		family = AF_XTCP;
	fclose(file);
	return family;
}

/*
 * Is there XTCP? The kernel loads the module by this very call, if it is installed. Returns NULL, or what is wrong.
 */
static const char *xtcp_probe(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, XTCPPROTO_IPV4);
	int protocol = 0;
	socklen_t length = sizeof(protocol);
	int error;

	if (fd < 0)
		return strerror(errno);
	error = getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length);
	close(fd);
	if (error || protocol != IPPROTO_TCP)
		return "the address family belongs to something else";
	return NULL;
}

/* Finds the library: beside the launcher (build tree) or in ../lib/xtcp (installed). */
static bool find_preload(char *path, size_t size)
{
	static const char * const places[] = { "", "../lib/xtcp/" };
	char self[PATH_MAX], *slash;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	if (length < 0)
		return false;
	self[length] = '\0';
	slash = strrchr(self, '/');
	if (!slash)
		return false;
	slash[1] = '\0';

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (snprintf(path, size, "%s%s%s", self, places[i], PRELOAD_NAME) >= (int)size)
			return false;
		if (!access(path, R_OK))
			return true;
	}
	return false;
}

/* LD_PRELOAD is a list with blanks or colons between its members. */
static bool list_has(const char *list, const char *member)
{
	size_t length = strlen(member);
	const char *at = list;

	while ((at = strstr(at, member))) {
		bool begins = at == list || strchr(": ", at[-1]);
		bool ends = strchr(": ", at[length]);	/* the terminating zero too */

		if (begins && ends)
			return true;
		at += length;
	}
	return false;
}

/* What is in LD_PRELOAD stays and keeps its place: sanitizers insist on being first. */
static int add_preload(const char *path)
{
	const char *old = getenv("LD_PRELOAD");
	char *list;
	int error;

	if (!old || !*old)
		return setenv("LD_PRELOAD", path, 1);
	if (list_has(old, path))
		return 0;
	if (asprintf(&list, "%s:%s", old, path) < 0)
		return -1;
	error = setenv("LD_PRELOAD", list, 1);
	free(list);
	return error;
}

/* Sets the environment by which libxtcp-preload.so is loaded and configured. */
static int prepare_environment(int family, bool require, bool verbose)
{
	char path[PATH_MAX], number[16];

	if (!find_preload(path, sizeof(path))) {
		fprintf(stderr, "xtcp-run: %s is neither beside xtcp-run nor in ../lib/xtcp\n", PRELOAD_NAME);
		return -1;
	}
	if (strpbrk(path, ": ")) {
		fprintf(stderr, "xtcp-run: LD_PRELOAD cannot carry '%s', which has a blank or colon\n", path);
		return -1;
	}
	snprintf(number, sizeof(number), "%d", family);
	if (add_preload(path) ||
	    (family != AF_XTCP && setenv("XTCP_RUN_FAMILY", number, 1)) ||
	    (require && setenv("XTCP_RUN_REQUIRE", "1", 1)) ||
	    (verbose && setenv("XTCP_RUN_VERBOSE", "1", 1))) {
		perror("xtcp-run: environment");
		return -1;
	}
	return 0;
}

static int run(char **argv)
{
	execvp(argv[0], argv);
	fprintf(stderr, "xtcp-run: %s: %s\n", argv[0], strerror(errno));
	return errno == ENOENT ? EXIT_NOT_FOUND : EXIT_NOT_RUN;
}

/* Prepares this process to become the program. -1 after a message. */
static int prepare(struct settings *s, const char *program)
{
	const char *why = "asked for";

	if (s->how == HOW_AUTO)
		s->how = choose_how(program, &why);
	if (s->verbose)
		fprintf(stderr, "xtcp-run: by %s: '%s' is %s\n", s->how == HOW_SECCOMP ? "seccomp" : "preload",
			program, why);
	if (s->how == HOW_SECCOMP)
		return seccomp_attach(s);
	return prepare_environment(s->family, s->require, s->verbose);
}

static int run_program(struct settings *s, char **argv)
{
	const char *trouble;

	s->family = xtcp_family();
	trouble = xtcp_probe(s->family);
	if (trouble) {
		fprintf(stderr, "xtcp-run: XTCP is not available (%s); %s '%s'%s. To load it: modprobe xtcp\n",
			trouble, s->require ? "not starting" : "running", argv[0], s->require ? "" : " on TCP");
		return s->require ? EXIT_LAUNCHER : run(argv);
	}
	if (prepare(s, argv[0]))
		return EXIT_LAUNCHER;
	return run(argv);
}

/* enable UNIT and disable UNIT; a program of such a name is started by its path. */
static int run_unit(const struct settings *s, const char *verb, const char *unit, const char *root)
{
	static const char * const ways[] = { "", "--how=preload", "--how=seccomp" };
	char options[64];

	if (!strcmp(verb, "disable"))
		return unit_disable(unit, root);
	snprintf(options, sizeof(options), "%s%s%s", s->require ? "--require " : "", s->verbose ? "--verbose " : "",
		 ways[s->how]);
	while (*options && options[strlen(options) - 1] == ' ')
		options[strlen(options) - 1] = '\0';
	return unit_enable(unit, root, options);
}

static bool parse_how(const char *text, enum how *how)
{
	static const char * const names[] = { "auto", "preload", "seccomp" };

	for (int i = 0; i < 3; i++) {
		if (!strcmp(text, names[i])) {
			*how = i;
			return true;
		}
	}
	return false;
}

static int usage_error(void)
{
	fputs(usage_text, stderr);
	return EXIT_LAUNCHER;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "require", no_argument, NULL, 'r' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "how", required_argument, NULL, 'w' },
		{ "root", required_argument, NULL, 'R' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct settings s = { .how = HOW_AUTO };
	const char *root = "";
	int option;

	/* '+': what follows PROGRAM is PROGRAM's. */
	while ((option = getopt_long(argc, argv, "+rvh", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			s.require = true;
			break;
		case 'v':
			s.verbose = true;
			break;
		case 'w':
			if (!parse_how(optarg, &s.how))
				return usage_error();
			break;
		case 'R':
			root = optarg;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			return usage_error();
		}
	}
	argv += optind;
	argc -= optind;
	if (!argc)
		return usage_error();
	if (argc == 2 && (!strcmp(argv[0], "enable") || !strcmp(argv[0], "disable")))
		return run_unit(&s, argv[0], argv[1], root);
	return run_program(&s, argv);
}
