// SPDX-License-Identifier: GPL-2.0
/*
 * xtcp: see, tune, account for and end the connections of XTCP. In the manner of iproute2: options, an object that
 * may be abbreviated, what to do with it; -batch reads such lines from a file. Exit status 0, 1 (usage), 2 (the
 * kernel refused).
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xtcp/version.h>

#include "xtcp.h"

#define BATCH_WORDS	128

struct options options;

static const struct command {
	const char *name;
	size_t least;
	int (*run)(struct args *a);
	const char *help;
} commands[] = {
	{ "socket", 2, cmd_socket, "[show] [FILTER]                  connections" },
	{ "listen", 1, cmd_listen, "[show] [FILTER]                  listeners, their queues, what they turned away" },
	{ "request", 1, cmd_request, "[show] [FILTER]                 connections being opened by peers" },
	{ "timewait", 2, cmd_timewait, "[show | flush] [FILTER]        TIME-WAITs" },
	{ "why", 1, cmd_why, "[FILTER]                            what connections wait for, and how long they did" },
	{ "closed", 1, cmd_closed, "[since SEQ]                      the last connections that ended, and why" },
	{ "stat", 3, cmd_stat, "[PATTERN ...]                      counters" },
	{ "abort", 1, cmd_abort, "FILTER | all                      reset connections" },
	{ "set", 3, cmd_set, "cookie N PARAMETER VALUE ...        parameters of one connection" },
	{ "policy", 2, cmd_policy, "show | add | delete | replace | flush" },
	{ "monitor", 1, cmd_monitor, "[EVENT ...] [count N]           events as they happen" },
	{ "param", 2, cmd_param, "[NAME | NAME=VALUE] ...           net.xtcp of this network namespace" },
	{ "top", 2, cmd_top, "[interval SECONDS]                  a live view" },
	{ "doctor", 1, cmd_doctor, "[root DIR] [kernel RELEASE]        what stands in the way of a working module" },
	{ "trace", 2, cmd_trace, "cookie N [seconds S] [to FILE]    a plot of one connection, as SVG" },
};

static void help(FILE *to)
{
	size_t i;

	fputs("Usage: xtcp [OPTION...] OBJECT [COMMAND] [ARGUMENT...]\n"
	      "       xtcp [OPTION...] -batch FILE\n\n", to);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		fprintf(to, "  %s %s\n", commands[i].name, commands[i].help);
	fputs("\n"
	      "FILTER     state S | src ADDR[/LEN] | dst ADDR[/LEN] | sport P | dport P | uid U | cgroup PATH |\n"
	      "           cc NAME | cookie N | dev DEVICE; all that is given must fit\n"
	      "PARAMETER  cc | initcwnd | rto_min | rto_max | delack_max | time_wait | user_timeout | keepidle |\n"
	      "           keepintvl | keepcnt | pacing | notsent_lowat | quickack\n"
	      "OPTION     -j[son] -p[retty] -s[tatistics] -o[neline] -4 -6 -n[umeric] -b[atch] FILE -V[ersion] -h[elp]\n"
	      "\nOBJECT and COMMAND may be abbreviated. Manual: xtcp(8), xtcp-OBJECT(8).\n", to);
}

static int run(int argc, char **argv)
{
	struct args a = { .argv = argv + 1, .left = argc - 1 };
	size_t i;

	if (!strcmp(argv[0], "help") || (a.left && !strcmp(a.argv[0], "help"))) {
		help(stdout);
		return 0;
	}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (is_word(argv[0], commands[i].name, commands[i].least))
			return commands[i].run(&a);
	usage_error("no object \"%s\"; xtcp -help lists them", argv[0]);
}

static int split(char *line, char **words)
{
	char *save = NULL, *word;
	int n = 0;

	line[strcspn(line, "#\n")] = '\0';
	for (word = strtok_r(line, " \t", &save); word && n < BATCH_WORDS - 1; word = strtok_r(NULL, " \t", &save))
		words[n++] = word;
	return n;
}

/* Each line in a process of its own, so that what is wrong with one ends no other before it is told which. */
static int batch(const char *name)
{
	FILE *file = strcmp(name, "-") ? fopen(name, "r") : stdin;
	char line[8192], *words[BATCH_WORDS];
	int number = 0, status = 0;

	if (!file) {
		perror(name);
		return EXIT_USAGE;
	}
	while (!status && fgets(line, sizeof(line), file)) {
		int n = split(line, words);
		pid_t pid;

		number++;
		if (!n)
			continue;
		fflush(stdout);
		pid = fork();
		if (!pid)
			exit(run(n, words));
		if (pid < 0 || waitpid(pid, &status, 0) < 0)
			return EXIT_KERNEL;
		status = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_KERNEL;
		if (status)
			fprintf(stderr, "xtcp: %s:%d failed\n", name, number);
	}
	return status;
}

/* An option that sets something; false: it is none of those. */
static bool set_option(const char *o)
{
	if (is_word(o, "json", 1))
		options.json = true;
	else if (is_word(o, "pretty", 1))
		options.pretty = true;
	else if (is_word(o, "statistics", 1) || is_word(o, "stats", 1))
		options.statistics = true;
	else if (is_word(o, "oneline", 1))
		options.oneline = true;
	else if (is_word(o, "numeric", 1))
		options.numeric = true;
	else if (!strcmp(o, "4"))
		options.family = AF_INET;
	else if (!strcmp(o, "6"))
		options.family = AF_INET6;
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-' && argv[i][1]; i++) {
		const char *o = argv[i] + 1 + (argv[i][1] == '-');

		if (set_option(o))
			continue;
		if (is_word(o, "batch", 1))
			return batch(i + 1 < argc ? argv[i + 1] : "-");
		if (is_word(o, "Version", 1))
			return puts("xtcp " XTCP_VERSION) < 0;
		if (is_word(o, "help", 1))
			return run(1, (char *[]){ "help" });
		usage_error("no option \"%s\"; xtcp -help lists them", argv[i]);
	}
	if (i >= argc) {
		help(stderr);
		return EXIT_USAGE;
	}
	return run(argc - i, argv + i);
}
