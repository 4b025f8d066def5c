// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp-run: runs a program, unmodified, with its TCP connections on XTCP. xtcp-run(8) is the reference.
 *
 * It asks the kernel for an XTCP socket first, so that whoever starts the program learns at once, and once, when there
 * is none. Then it puts libxtcp-preload.so into LD_PRELOAD and becomes the program.
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

#define PRELOAD_NAME	"libxtcp-preload.so"
#define FAMILY_FILE	"/sys/module/xtcp/parameters/family"

/* Exit statuses of its own, as env(1) and nohup(1) have them. */
#define EXIT_LAUNCHER	125
#define EXIT_NOT_RUN	126
#define EXIT_NOT_FOUND	127

static const char usage_text[] =
	"usage: xtcp-run [--require] [--verbose] PROGRAM [ARG...]\n"
	"\n"
	"Runs PROGRAM with its TCP connections, and those of its children, on XTCP.\n"
	"\n"
	"  -r, --require  fail when XTCP is not available, instead of using TCP\n"
	"  -v, --verbose  tell on stderr what each TCP socket became\n"
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

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "require", no_argument, NULL, 'r' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool require = false, verbose = false;
	const char *trouble;
	int option, family;

	/* '+': what follows PROGRAM is PROGRAM's. */
	while ((option = getopt_long(argc, argv, "+rvh", options, NULL)) != -1) {
		switch (option) {
		case 'r':
			require = true;
			break;
		case 'v':
			verbose = true;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage_text, stderr);
			return EXIT_LAUNCHER;
		}
	}
	if (optind == argc) {
		fputs(usage_text, stderr);
		return EXIT_LAUNCHER;
	}
	argv += optind;

	family = xtcp_family();
	trouble = xtcp_probe(family);
	if (trouble) {
		fprintf(stderr, "xtcp-run: XTCP is not available (%s); %s '%s'%s. To load it: modprobe xtcp\n",
			trouble, require ? "not starting" : "running", argv[0], require ? "" : " on TCP");
		return require ? EXIT_LAUNCHER : run(argv);
	}
	if (prepare_environment(family, require, verbose))
		return EXIT_LAUNCHER;
	return run(argv);
}
