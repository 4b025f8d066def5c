/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xtcp: what its files share. main.c reads the command line, nl.c talks to the kernel, out.c prints text or JSON,
 * args.c reads filters and parameters; conn.c, closed.c, policy.c, stat.c, top.c, trace.c and doctor*.c are the
 * subcommands.
 */
#ifndef XTCP_TOOL_H
#define XTCP_TOOL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/xtcp_netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* iproute2's */
#define EXIT_USAGE	1
#define EXIT_KERNEL	2

#define DIVISION	12	/* limits: enum xtcp_limit */

struct options {
	bool json;
	bool pretty;
	bool statistics;
	bool oneline;
	bool numeric;
	int family;
};

extern struct options options;

/* --- nl.c */
typedef int (*nl_fn)(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg);

#define NL_ATTRS	64

struct nlmsghdr *nl_begin(int cmd, int flags);
int nl_dump(struct nlmsghdr *nlh, nl_fn fn, void *arg);
int nl_do(struct nlmsghdr *nlh, nl_fn fn, void *arg);
int nl_monitor(nl_fn fn, void *arg);
void nl_parse(const struct nlattr *nest, struct nlattr **tb);
size_t nl_room(void);
uint64_t nl_num(const struct nlattr *attr);

/* --- out.c */
void out_begin(void);		/* a list */
void out_end(void);
void out_object(const char *name);	/* NULL: an entry of the list */
void out_object_end(void);
void out_list(const char *name);
void out_list_end(void);
__attribute__((format(printf, 2, 3))) void out_str(const char *key, const char *format, ...);
__attribute__((format(printf, 3, 4))) void out_col(const char *key, int width, const char *format, ...);
void out_num(const char *key, uint64_t value);
void out_num_col(const char *key, int width, uint64_t value);
void out_ms(const char *key, uint64_t us);
void out_line(void);		/* details go on the next line */
__attribute__((format(printf, 1, 2))) void out_head(const char *format, ...);

/* --- args.c */
struct args {
	char **argv;
	int left;
};

bool is_word(const char *text, const char *word, size_t least);
const char *next_arg(struct args *a, const char *after);
__attribute__((format(printf, 1, 2), noreturn)) void usage_error(const char *format, ...);
uint64_t read_num(const char *what, const char *text, uint64_t low, uint64_t high);
uint64_t read_us(const char *what, const char *text);
bool put_filter(struct nlmsghdr *nlh, struct args *a, uint32_t kinds);
int put_params(struct nlmsghdr *nlh, int attr, struct args *a);
void put_prefix(struct nlmsghdr *nlh, int addr, int len, const char *text);
uint64_t read_cgroup(const char *text);
uint32_t read_uid(const char *text);
uint16_t read_port(const char *text);

/* --- names */
const char *state_name(int state);
const char *limit_name(unsigned int limit);
const char *reason_name(unsigned int reason);
const char *party_name(unsigned int party);
const char *endpoint(char *text, size_t size, const struct nlattr *addr, const struct nlattr *port);
const char *user_name(char *text, size_t size, uint32_t uid);
int state_number(const char *name);

/* --- subcommands: what is left of the command line; the exit status */
int cmd_socket(struct args *a);
int cmd_listen(struct args *a);
int cmd_request(struct args *a);
int cmd_timewait(struct args *a);
int cmd_why(struct args *a);
int cmd_abort(struct args *a);
int cmd_set(struct args *a);
int cmd_closed(struct args *a);
int cmd_monitor(struct args *a);
int cmd_policy(struct args *a);
int cmd_stat(struct args *a);
int cmd_param(struct args *a);
int cmd_top(struct args *a);
int cmd_trace(struct args *a);
int cmd_doctor(struct args *a);

void show_closed(struct nlattr **tb);
void show_limits(const struct nlattr *nest, bool verdict);
unsigned int worst_limit(struct nlattr **tb, bool receive, unsigned int *percent);
void show_params(const struct nlattr *nest);
void show_listen(const struct nlattr *nest);

#endif
