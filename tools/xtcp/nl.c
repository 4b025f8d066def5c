// SPDX-License-Identifier: GPL-2.0
/* Talking to the netlink family of XTCP: a request at a time, its answer to a callback, errors in kernel words. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "xtcp.h"

#define NL_BYTES	8388608	/* a whole table of policies */

static struct mnl_socket *nl_socket;
static char *nl_buffer;
static uint16_t nl_family;
static uint32_t nl_group;
static unsigned int nl_seq;

struct nl_call {
	nl_fn fn;
	void *arg;
};

static int nl_note(const struct nlattr *attr, void *data)
{
	struct nlattr **tb = data;

	if (mnl_attr_get_type(attr) < NL_ATTRS)
		tb[mnl_attr_get_type(attr)] = (struct nlattr *)attr;
	return MNL_CB_OK;
}

/* nl_parse() - the attributes of a nest by their numbers; none if NEST is NULL */
void nl_parse(const struct nlattr *nest, struct nlattr **tb)
{
	memset(tb, 0, NL_ATTRS * sizeof(*tb));
	if (nest)
		mnl_attr_parse_nested(nest, nl_note, tb);
}

/* nl_num() - a number of any width; 0 if it is not there */
uint64_t nl_num(const struct nlattr *attr)
{
	uint64_t value = 0;

	if (attr)
		memcpy(&value, mnl_attr_get_payload(attr),
		       mnl_attr_get_payload_len(attr) < 8 ? mnl_attr_get_payload_len(attr) : 8);
	return value;
}

static int nl_message(const struct nlmsghdr *nlh, void *data)
{
	struct nl_call *call = data;
	struct nlattr *tb[NL_ATTRS] = {};

	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), nl_note, tb);
	return call->fn ? call->fn(nlh, tb, call->arg) : MNL_CB_OK;
}

/* What the kernel says about an error, beside its number. */
static void nl_explain(const struct nlmsghdr *nlh, int error)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(*err);
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	fprintf(stderr, "xtcp: %s", strerror(error));
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS) {
		mnl_attr_for_each(attr, nlh, MNL_ALIGN(skip))
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
				fprintf(stderr, ": %s", mnl_attr_get_str(attr));
	}
	fputc('\n', stderr);
}

static int nl_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);

	(void)data;
	if (!err->error)
		return MNL_CB_STOP;
	errno = -err->error;
	nl_explain(nlh, errno);
	return MNL_CB_ERROR;
}

static int nl_done(const struct nlmsghdr *nlh, void *data)
{
	const int *error = mnl_nlmsg_get_payload(nlh);

	(void)data;
	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*error) && *error < 0) {
		errno = -*error;
		fprintf(stderr, "xtcp: %s\n", strerror(errno));
		return MNL_CB_ERROR;
	}
	return MNL_CB_STOP;
}

static mnl_cb_t nl_control[NLMSG_MIN_TYPE] = { [NLMSG_ERROR] = nl_error, [NLMSG_DONE] = nl_done };

/* Read until the answer to request SEQ is complete. 0, or -1. */
static int nl_answer(unsigned int seq, struct nl_call *call)
{
	int n, ret = MNL_CB_OK;

	while (ret > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(nl_socket, nl_buffer, NL_BYTES);
		if (n < 0) {
			perror("xtcp: netlink");
			return -1;
		}
		ret = mnl_cb_run2(nl_buffer, n, seq, mnl_socket_get_portid(nl_socket), nl_message, call, nl_control,
				  NLMSG_MIN_TYPE);
	}
	return ret < 0 ? -1 : 0;
}

static int nl_group_entry(const struct nlattr *entry, void *data)
{
	struct nlattr *tb[NL_ATTRS];

	(void)data;
	nl_parse(entry, tb);
	if (tb[CTRL_ATTR_MCAST_GRP_NAME] && !strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]), XTCP_MCGRP_EVENTS))
		nl_group = nl_num(tb[CTRL_ATTR_MCAST_GRP_ID]);
	return MNL_CB_OK;
}

static int nl_family_found(const struct nlmsghdr *nlh, struct nlattr **tb, void *arg)
{
	(void)nlh;
	(void)arg;
	nl_family = nl_num(tb[CTRL_ATTR_FAMILY_ID]);
	if (tb[CTRL_ATTR_MCAST_GROUPS])
		mnl_attr_parse_nested(tb[CTRL_ATTR_MCAST_GROUPS], nl_group_entry, NULL);
	return MNL_CB_OK;
}

static struct nlmsghdr *nl_header(uint16_t type, int cmd, int flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl_buffer);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl_seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = XTCP_FAMILY_VERSION;
	return nlh;
}

static void nl_open(void)
{
	struct nlmsghdr *nlh;
	int one = 1, bytes = NL_BYTES;

	nl_buffer = malloc(NL_BYTES);
	nl_socket = mnl_socket_open(NETLINK_GENERIC);
	if (!nl_buffer || !nl_socket || mnl_socket_bind(nl_socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		perror("xtcp: netlink");
		exit(EXIT_KERNEL);
	}
	mnl_socket_setsockopt(nl_socket, NETLINK_EXT_ACK, &one, sizeof(one));
	/* without the right to do so a large table of policies does not fit, and the kernel says so */
	if (setsockopt(mnl_socket_get_fd(nl_socket), SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(mnl_socket_get_fd(nl_socket), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	nlh = nl_header(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, XTCP_FAMILY_NAME);
	if (mnl_socket_sendto(nl_socket, nlh, nlh->nlmsg_len) < 0 ||
	    nl_answer(nlh->nlmsg_seq, &(struct nl_call){ nl_family_found, NULL })) {
		fprintf(stderr, "xtcp: no netlink family \"xtcp\": is the module loaded (modprobe xtcp)?\n");
		exit(EXIT_KERNEL);
	}
}

/* nl_begin() - a request; attributes are put behind it, up to nl_room() bytes in all */
struct nlmsghdr *nl_begin(int cmd, int flags)
{
	if (!nl_socket)
		nl_open();
	return nl_header(nl_family, cmd, flags);
}

size_t nl_room(void)
{
	return NL_BYTES - 4096;
}

static int nl_send(struct nlmsghdr *nlh, nl_fn fn, void *arg)
{
	unsigned int seq = nlh->nlmsg_seq;

	if (mnl_socket_sendto(nl_socket, nlh, nlh->nlmsg_len) < 0) {
		perror("xtcp: netlink");
		return EXIT_KERNEL;
	}
	return nl_answer(seq, &(struct nl_call){ fn, arg }) ? EXIT_KERNEL : 0;
}

/* nl_dump() - send a request for all; FN is called for each. 0 or EXIT_KERNEL, an error was printed */
int nl_dump(struct nlmsghdr *nlh, nl_fn fn, void *arg)
{
	nlh->nlmsg_flags |= NLM_F_DUMP;
	return nl_send(nlh, fn, arg);
}

/* nl_do() - send a request that has one answer or none */
int nl_do(struct nlmsghdr *nlh, nl_fn fn, void *arg)
{
	nlh->nlmsg_flags |= NLM_F_ACK;
	return nl_send(nlh, fn, arg);
}

/* nl_monitor() - events until FN says MNL_CB_STOP */
int nl_monitor(nl_fn fn, void *arg)
{
	int n, ret = MNL_CB_OK, bytes = 1 << 20;
	struct nl_call call = { fn, arg };

	if (!nl_socket)
		nl_open();
	setsockopt(mnl_socket_get_fd(nl_socket), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (mnl_socket_setsockopt(nl_socket, NETLINK_ADD_MEMBERSHIP, &nl_group, sizeof(nl_group)) < 0) {
		perror("xtcp: events");
		return EXIT_KERNEL;
	}
	while (ret > MNL_CB_STOP) {
		n = mnl_socket_recvfrom(nl_socket, nl_buffer, NL_BYTES);
		if (n < 0 && errno == ENOBUFS) {
			fprintf(stderr, "xtcp: events were lost: they come faster than they are read\n");
			continue;
		}
		if (n < 0) {
			perror("xtcp: events");
			return EXIT_KERNEL;
		}
		ret = mnl_cb_run(nl_buffer, n, 0, 0, nl_message, &call);
	}
	return 0;
}
