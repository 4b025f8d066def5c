/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of xtcp-run: how to reach a program (xtcp-run-choose.c), answering its socket() from outside
 * (xtcp-run-seccomp.c), units of systemd (xtcp-run-unit.c), and the rest (xtcp-run.c).
 */
#ifndef XTCP_RUN_H
#define XTCP_RUN_H

#include <stdbool.h>

/* Exit statuses of its own, as env(1) and nohup(1) have them. */
#define EXIT_LAUNCHER	125
#define EXIT_NOT_RUN	126
#define EXIT_NOT_FOUND	127

enum how {
	HOW_AUTO,
	HOW_PRELOAD,
	HOW_SECCOMP,
};

struct settings {
	enum how how;
	int family;
	bool require;
	bool verbose;
};

/* Which way reaches PROGRAM, looked for in PATH; *why is set for --verbose. */
enum how choose_how(const char *program, const char **why);

/* From here on a helper answers this process's socket() calls, and its children's. 0, or -1 after a message. */
int seccomp_attach(const struct settings *s);

/* Writes or removes the drop-in of a unit; an exit status. */
int unit_enable(const char *unit, const char *root, const char *options);
int unit_disable(const char *unit, const char *root);

#endif /* XTCP_RUN_H */
