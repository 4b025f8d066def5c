// SPDX-License-Identifier: GPL-2.0
/* The netlink family of XTCP, for tests. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "genl.h"
#include "xnet.h"

struct call {
	struct genl *g;
	genl_fn fn;
	void *arg;
};

static int note(const struct nlattr *attr, void *data)
{
	struct nlattr **tb = data;

	if (mnl_attr_get_type(attr) < GENL_ATTRS)
		tb[mnl_attr_get_type(attr)] = (struct nlattr *)attr;
	return MNL_CB_OK;
}

void genl_nest(const struct nlattr *nest, struct nlattr **tb)
{
	memset(tb, 0, GENL_ATTRS * sizeof(*tb));
	if (nest)
		mnl_attr_parse_nested(nest, note, tb);
}

u64 genl_num(const struct nlattr *attr)
{
	u64 value = 0;

	if (attr)
		memcpy(&value, mnl_attr_get_payload(attr),
		       mnl_attr_get_payload_len(attr) < 8 ? mnl_attr_get_payload_len(attr) : 8);
	return value;
}

static int message(const struct nlmsghdr *nlh, void *data)
{
	struct call *c = data;

	memset(c->g->tb, 0, sizeof(c->g->tb));
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), note, c->g->tb);
	c->g->cmd = ((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd;
	if (c->fn)
		c->fn(c->g, c->arg);
	return MNL_CB_OK;
}

static int done(const struct nlmsghdr *nlh, void *data)
{
	int error = *(const int *)mnl_nlmsg_get_payload(nlh);

	(void)data;
	errno = -error;
	return error < 0 ? MNL_CB_ERROR : MNL_CB_STOP;
}

static mnl_cb_t control[NLMSG_MIN_TYPE] = { [NLMSG_ERROR] = done, [NLMSG_DONE] = done };

static int call(struct genl *g, struct nlmsghdr *nlh, genl_fn fn, void *arg)
{
	struct call c = { g, fn, arg };
	unsigned int seq = nlh->nlmsg_seq;
	int n, ret = MNL_CB_OK;

	if (mnl_socket_sendto(g->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (ret > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(g->sock, g->buf, GENL_BYTES);
		if (n < 0)
			return -errno;
		ret = mnl_cb_run2(g->buf, n, seq, mnl_socket_get_portid(g->sock), message, &c, control, NLMSG_MIN_TYPE);
	}
	return ret < 0 ? -errno : 0;
}

static struct nlmsghdr *header(struct genl *g, u16 type, int cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(g->buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++g->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = XTCP_FAMILY_VERSION;
	return nlh;
}

struct nlmsghdr *genl_request(struct genl *g, int cmd)
{
	return header(g, g->family, cmd);
}

int genl_do(struct genl *g, struct nlmsghdr *nlh)
{
	memset(g->tb, 0, sizeof(g->tb));
	return call(g, nlh, NULL, NULL);
}

int genl_dump(struct genl *g, struct nlmsghdr *nlh, genl_fn fn, void *arg)
{
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	return call(g, nlh, fn, arg);
}

static int group_entry(const struct nlattr *entry, void *data)
{
	struct nlattr *tb[GENL_ATTRS];
	struct genl *g = data;

	genl_nest(entry, tb);
	if (tb[CTRL_ATTR_MCAST_GRP_NAME] && !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]), XTCP_MCGRP_EVENTS))
		g->group = genl_num(tb[CTRL_ATTR_MCAST_GRP_ID]);
	return MNL_CB_OK;
}

/* The answer lies in the buffer until the next call, but what is wanted of it is read here, while it is whole. */
static void family_found(struct genl *g, void *arg)
{
	(void)arg;
	g->family = genl_num(g->tb[CTRL_ATTR_FAMILY_ID]);
	if (g->tb[CTRL_ATTR_MCAST_GROUPS])
		mnl_attr_parse_nested(g->tb[CTRL_ATTR_MCAST_GROUPS], group_entry, g);
}

/* genl_open() - in namespace NS, or the present one if NS is negative */
int genl_open(struct genl *g, int ns)
{
	int bytes = GENL_BYTES;
	struct nlmsghdr *nlh;

	memset(g, 0, sizeof(*g));
	if (ns >= 0)
		xnet_ns_enter(ns);
	g->sock = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	if (ns >= 0)
		xnet_ns_leave();
	g->buf = malloc(GENL_BYTES);
	if (!g->sock || !g->buf || mnl_socket_bind(g->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return -ENOMEM;
	setsockopt(mnl_socket_get_fd(g->sock), SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes));
	setsockopt(mnl_socket_get_fd(g->sock), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes));
	nlh = header(g, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, XTCP_FAMILY_NAME);
	return call(g, nlh, family_found, NULL);
}

void genl_close(struct genl *g)
{
	if (g->sock)
		mnl_socket_close(g->sock);
	free(g->buf);
	memset(g, 0, sizeof(*g));
}

/* --- events */

int genl_listen(struct genl *g)
{
	return mnl_socket_setsockopt(g->sock, NETLINK_ADD_MEMBERSHIP, &g->group, sizeof(g->group)) < 0 ? -errno : 0;
}

/* Whether an event CMD comes in time; it is then in g->tb. Others before it are passed over. */
bool genl_await(struct genl *g, u8 cmd, int timeout_ms)
{
	struct pollfd pfd = { .fd = mnl_socket_get_fd(g->sock), .events = POLLIN };
	struct call c = { g, NULL, NULL };
	u64 end = xnet_now_ms() + timeout_ms;
	int n;

	while (xnet_now_ms() <= end) {
		if (poll(&pfd, 1, end - xnet_now_ms()) <= 0)
			return false;
		n = mnl_socket_recvfrom(g->sock, g->buf, GENL_BYTES);
		if (n < 0)
			return false;
		mnl_cb_run(g->buf, n, 0, 0, message, &c);
		if (g->cmd == cmd)
			return true;
	}
	return false;
}

/* --- about sockets */

u64 genl_cookie(int fd)
{
	u64 cookie = 0;
	socklen_t len = sizeof(cookie);

	getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len);
	return cookie;
}

/* genl_get() - by cookie; the answer is in g->tb */
static void keep(struct genl *g, void *arg)
{
	/* the acknowledgment that follows must not overwrite it: it is read into another part of the buffer */
	(void)arg;
	(void)g;
}

int genl_get(struct genl *g, int fd)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_CONN_GET);
	int err;

	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(fd));
	/* without NLM_F_ACK the answer is all that comes, and stays in the buffer */
	nlh->nlmsg_flags = NLM_F_REQUEST;
	if (mnl_socket_sendto(g->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	err = mnl_socket_recvfrom(g->sock, g->buf, GENL_BYTES);
	if (err < 0)
		return -errno;
	err = mnl_cb_run2(g->buf, err, 0, 0, message, &(struct call){ g, keep, NULL }, control, NLMSG_MIN_TYPE);
	return err < 0 ? -errno : 0;
}

int genl_set_u32(struct genl *g, int fd, int param, u32 value)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_CONN_SET);
	struct nlattr *nest;

	mnl_attr_put_u64(nlh, XTCP_A_CONN_COOKIE, genl_cookie(fd));
	nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_PARAM);
	if (param == XTCP_A_PARAM_PACING_RATE)
		mnl_attr_put_u64(nlh, param, value);
	else if (param == XTCP_A_PARAM_QUICKACK)
		mnl_attr_put_u8(nlh, param, value);
	else
		mnl_attr_put_u32(nlh, param, value);
	mnl_attr_nest_end(nlh, nest);
	return genl_do(g, nlh);
}

static void count_one(struct genl *g, void *arg)
{
	(void)g;
	++*(int *)arg;
}

/* genl_count() - entries that FILTER lets pass, or a negative errno */
int genl_count(struct genl *g, void (*filter)(struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_CONN_GET);
	struct nlattr *nest;
	int count = 0, err;

	if (filter) {
		nest = mnl_attr_nest_start(nlh, XTCP_A_CONN_FILTER);
		filter(nlh, arg);
		mnl_attr_nest_end(nlh, nest);
	}
	err = genl_dump(g, nlh, count_one, &count);
	return err ? err : count;
}

/* genl_limits() - microseconds by limit */
int genl_limits(struct genl *g, int fd, u64 us[__XTCP_LIMIT_MAX])
{
	struct nlattr *tb[GENL_ATTRS];
	int i, err = genl_get(g, fd);

	if (err)
		return err;
	genl_nest(g->tb[XTCP_A_CONN_LIMITS], tb);
	for (i = 0; i < __XTCP_LIMIT_MAX; i++)
		us[i] = genl_num(tb[XTCP_A_LIMITS_APPLICATION + i]);
	return 0;
}

/* --- policies */

static void take_id(struct genl *g, void *arg)
{
	*(u32 *)arg = genl_num(g->tb[XTCP_A_POLICY_ID]);
}

int genl_policy_add(struct genl *g, void (*fill)(struct nlmsghdr *nlh, void *arg), void *arg, u32 *id)
{
	struct nlmsghdr *nlh = genl_request(g, XTCP_CMD_POLICY_ADD);
	u32 dummy;

	fill(nlh, arg);
	return call(g, nlh, take_id, id ? id : &dummy);
}

int genl_policy_flush(struct genl *g)
{
	return genl_do(g, genl_request(g, XTCP_CMD_POLICY_REPLACE));
}

/* --- closed connections */

struct last {
	int port;
	struct nlattr **tb;
	bool found;
	char *copy;
};

/* A copy that stays: the buffer is used again. */
static void take_closed(struct genl *g, void *arg)
{
	static char copies[GENL_ATTRS][512];
	struct last *last = arg;
	int i;

	if ((int)genl_num(g->tb[XTCP_A_CLOSED_LOCAL_PORT]) != last->port)
		return;
	last->found = true;
	for (i = 0; i < GENL_ATTRS; i++) {
		last->tb[i] = NULL;
		if (!g->tb[i] || g->tb[i]->nla_len > sizeof(copies[i]))
			continue;
		memcpy(copies[i], g->tb[i], g->tb[i]->nla_len);
		last->tb[i] = (struct nlattr *)copies[i];
	}
}

/* genl_last_closed() - the last record of a connection with this local port, in TB until the next call */
bool genl_last_closed(struct genl *g, int local_port, struct nlattr **tb)
{
	struct last last = { .port = local_port, .tb = tb };

	return !genl_dump(g, genl_request(g, XTCP_CMD_CLOSED_GET), take_closed, &last) && last.found;
}
