/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink family of XTCP, for tests: one socket in one network namespace, a request and its answers at a time.
 * Numbers come from the uapi header; functions return 0 or a negative errno of the kernel's unless they say
 * otherwise.
 */
#ifndef GENL_H
#define GENL_H

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/xtcp_netlink.h>
#include <stdbool.h>
#include <sys/types.h>

#include "ints.h"

#define GENL_BYTES	4194304
#define GENL_ATTRS	64

struct genl {
	struct mnl_socket *sock;
	char *buf;
	u16 family;
	u32 group;
	unsigned int seq;
	struct nlattr *tb[GENL_ATTRS];	/* of the last answer or event, until the next call */
	u8 cmd;
};

typedef void (*genl_fn)(struct genl *g, void *arg);

int genl_open(struct genl *g, int ns);
void genl_close(struct genl *g);
struct nlmsghdr *genl_request(struct genl *g, int cmd);
int genl_dump(struct genl *g, struct nlmsghdr *nlh, genl_fn fn, void *arg);
int genl_do(struct genl *g, struct nlmsghdr *nlh);
void genl_nest(const struct nlattr *nest, struct nlattr **tb);
u64 genl_num(const struct nlattr *attr);

/* --- events */
int genl_listen(struct genl *g);
bool genl_await(struct genl *g, u8 cmd, int timeout_ms);

/* --- about sockets */
u64 genl_cookie(int fd);
int genl_get(struct genl *g, int fd);
int genl_set_u32(struct genl *g, int fd, int param, u32 value);
int genl_count(struct genl *g, void (*filter)(struct nlmsghdr *nlh, void *arg), void *arg);
int genl_limits(struct genl *g, int fd, u64 us[__XTCP_LIMIT_MAX]);
int genl_policy_add(struct genl *g, void (*fill)(struct nlmsghdr *nlh, void *arg), void *arg, u32 *id);
int genl_policy_flush(struct genl *g);
bool genl_last_closed(struct genl *g, int local_port, struct nlattr **tb);

#endif
