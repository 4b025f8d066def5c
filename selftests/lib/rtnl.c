// SPDX-License-Identifier: GPL-2.0
/*
 * Requests to rtnetlink: see rtnl.h. Each opens its own socket, so that it speaks to the namespace the caller is in.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include "rtnl.h"
#include "xnet.h"

/* From linux/ipv6_route.h, which does not go with netinet/in.h. */
#ifndef RTF_LOCAL
#define RTF_LOCAL	0x80000000u
#endif

/* Numbers of links that no other of a new namespace has. */
#define RTNL_VETH_INDEX	100

struct rtnl_request {
	struct nlmsghdr nlh;
	char body[1024];
};

static void *rtnl_reserve(struct rtnl_request *req, size_t len)
{
	void *at = (char *)req + NLMSG_ALIGN(req->nlh.nlmsg_len);

	req->nlh.nlmsg_len = NLMSG_ALIGN(req->nlh.nlmsg_len) + NLMSG_ALIGN(len);
	return at;
}

static struct rtattr *rtnl_attr(struct rtnl_request *req, int type, const void *data, size_t len)
{
	struct rtattr *attr = rtnl_reserve(req, RTA_LENGTH(len));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(attr), data, len);
	return attr;
}

static void rtnl_attr_end(struct rtnl_request *req, struct rtattr *attr)
{
	attr->rta_len = (char *)req + req->nlh.nlmsg_len - (char *)attr;
}

static void *rtnl_begin(struct rtnl_request *req, int type, int flags, size_t header_len)
{
	memset(req, 0, sizeof(*req));
	req->nlh.nlmsg_type = type;
	req->nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	req->nlh.nlmsg_len = NLMSG_HDRLEN;
	return rtnl_reserve(req, header_len);
}

static int rtnl_talk(struct rtnl_request *req)
{
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[2048];
	} reply;
	int fd, error = EPROTO;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -1;
	if (send(fd, req, req->nlh.nlmsg_len, 0) < 0)
		error = errno;
	else if (recv(fd, &reply, sizeof(reply), 0) < 0)
		error = errno;
	else if (reply.nlh.nlmsg_type == NLMSG_ERROR)
		error = -reply.err.error;
	close(fd);
	errno = error;
	return error ? -1 : 0;
}

/*
 * A veth pair: NAME here, PEER_NAME in the namespace PEER_NS. Of a pair with two numbers the kernel takes note at once
 * when it begins to carry packets; with the same number in both namespaces it takes a second.
 */
int rtnl_veth(const char *name, const char *peer_name, int peer_ns)
{
	struct rtattr *info, *data, *peer;
	struct rtnl_request req;
	struct ifinfomsg *ifi;

	ifi = rtnl_begin(&req, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(*ifi));
	ifi->ifi_index = RTNL_VETH_INDEX;
	rtnl_attr(&req, IFLA_IFNAME, name, strlen(name) + 1);
	info = rtnl_attr(&req, IFLA_LINKINFO, NULL, 0);
	rtnl_attr(&req, IFLA_INFO_KIND, "veth", sizeof("veth"));
	data = rtnl_attr(&req, IFLA_INFO_DATA, NULL, 0);
	peer = rtnl_attr(&req, VETH_INFO_PEER, NULL, 0);
	ifi = rtnl_reserve(&req, sizeof(*ifi));
	*ifi = (struct ifinfomsg){ .ifi_index = RTNL_VETH_INDEX + 1 };
	rtnl_attr(&req, IFLA_IFNAME, peer_name, strlen(peer_name) + 1);
	rtnl_attr(&req, IFLA_NET_NS_FD, &peer_ns, sizeof(peer_ns));
	rtnl_attr_end(&req, peer);
	rtnl_attr_end(&req, data);
	rtnl_attr_end(&req, info);
	return rtnl_talk(&req);
}

int rtnl_up(const char *name)
{
	struct rtnl_request req;
	struct ifinfomsg *ifi = rtnl_begin(&req, RTM_NEWLINK, 0, sizeof(*ifi));

	ifi->ifi_index = if_nametoindex(name);
	ifi->ifi_flags = IFF_UP;
	ifi->ifi_change = IFF_UP;
	return rtnl_talk(&req);
}

int rtnl_delete(const char *name)
{
	struct rtnl_request req;
	struct ifinfomsg *ifi = rtnl_begin(&req, RTM_DELLINK, 0, sizeof(*ifi));

	ifi->ifi_index = if_nametoindex(name);
	return rtnl_talk(&req);
}

/* Whether the route that delivers packets for ADDR is there; IPv6 adds it from a work queue, after the address. */
static bool rtnl_delivers(const struct xnet_addr *addr)
{
	char line[256], want[40], *to = want;
	bool found = false;
	FILE *file;

	for (int i = 0; i < 16; i++)
		to += sprintf(to, "%02x", addr->in6.sin6_addr.s6_addr[i]);
	file = fopen("/proc/net/ipv6_route", "re");
	if (!file)
		return false;
	while (!found && fgets(line, sizeof(line), file)) {
		unsigned int flags;

		found = !strncmp(line, want, 32) && !strncmp(line + 32, " 80 ", 4) &&
			sscanf(line + 36, "%*s %*s %*s %*s %*s %*s %x", &flags) == 1 && flags & RTF_LOCAL;
	}
	fclose(file);
	return found;
}

/* Without duplicate address detection, which would take a second. */
int rtnl_address(const char *name, const struct xnet_addr *addr, int prefix_len)
{
	bool v6 = addr->sa.sa_family == AF_INET6;
	u64 deadline = xnet_now_ms() + XNET_PATIENCE_MS;
	const void *ip = v6 ? (const void *)&addr->in6.sin6_addr : (const void *)&addr->in.sin_addr;
	struct rtnl_request req;
	struct ifaddrmsg *ifa = rtnl_begin(&req, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(*ifa));

	ifa->ifa_family = addr->sa.sa_family;
	ifa->ifa_prefixlen = prefix_len;
	ifa->ifa_flags = v6 ? IFA_F_NODAD : 0;
	ifa->ifa_index = if_nametoindex(name);
	rtnl_attr(&req, IFA_LOCAL, ip, v6 ? 16 : 4);
	rtnl_attr(&req, IFA_ADDRESS, ip, v6 ? 16 : 4);
	if (rtnl_talk(&req))
		return -1;
	while (v6 && !rtnl_delivers(addr)) {
		if (xnet_now_ms() > deadline) {
			errno = ETIMEDOUT;
			return -1;
		}
		xnet_sleep_ms(1);
	}
	return 0;
}

/* One segment a packet, so that what netem does to a packet it does to a segment. */
int rtnl_segmentation_off(const char *name)
{
	struct rtnl_request req;
	struct ifinfomsg *ifi = rtnl_begin(&req, RTM_NEWLINK, 0, sizeof(*ifi));
	u32 one = 1;

	ifi->ifi_index = if_nametoindex(name);
	rtnl_attr(&req, IFLA_GSO_MAX_SEGS, &one, sizeof(one));
	return rtnl_talk(&req);
}

/* Percent, as netem counts probabilities. */
static u32 rtnl_percent(int percent)
{
	return percent * (u64)UINT32_MAX / 100;
}

static void rtnl_netem_options(struct rtnl_request *req, const struct netem *netem)
{
	struct tc_netem_qopt qopt = {
		.limit = 10000,
		.loss = rtnl_percent(netem->loss),
		.duplicate = rtnl_percent(netem->duplicate),
		.gap = !!netem->reorder,
	};
	struct tc_netem_corrupt corrupt = { .probability = rtnl_percent(netem->corrupt) };
	struct tc_netem_reorder reorder = { .probability = rtnl_percent(netem->reorder) };
	__s64 delay_ns = netem->delay_ms * 1000000ll, jitter_ns = netem->jitter_ms * 1000000ll;
	struct rtattr *options = rtnl_attr(req, TCA_OPTIONS, &qopt, sizeof(qopt));

	rtnl_attr(req, TCA_NETEM_LATENCY64, &delay_ns, sizeof(delay_ns));
	rtnl_attr(req, TCA_NETEM_JITTER64, &jitter_ns, sizeof(jitter_ns));
	rtnl_attr(req, TCA_NETEM_CORRUPT, &corrupt, sizeof(corrupt));
	rtnl_attr(req, TCA_NETEM_REORDER, &reorder, sizeof(reorder));
	rtnl_attr_end(req, options);
}

/* What the link sends passes through netem, tc-netem(8); NULL: no more. */
int rtnl_netem(const char *name, const struct netem *netem)
{
	int type = netem ? RTM_NEWQDISC : RTM_DELQDISC;
	struct rtnl_request req;
	struct tcmsg *tcm = rtnl_begin(&req, type, netem ? NLM_F_CREATE | NLM_F_REPLACE : 0, sizeof(*tcm));

	tcm->tcm_family = AF_UNSPEC;
	tcm->tcm_ifindex = if_nametoindex(name);
	tcm->tcm_parent = TC_H_ROOT;
	if (netem) {
		rtnl_attr(&req, TCA_KIND, "netem", sizeof("netem"));
		rtnl_netem_options(&req, netem);
	}
	return rtnl_talk(&req);
}

/* The value of the attribute TYPE, one byte, of a link; -1: none. */
static int rtnl_link_byte(const char *name, int type)
{
	char reply[8192] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)reply;
	struct rtnl_request req;
	struct ifinfomsg *ifi = rtnl_begin(&req, RTM_GETLINK, 0, sizeof(*ifi));
	int fd, value = -1;
	ssize_t len;

	ifi->ifi_index = if_nametoindex(name);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -1;
	len = send(fd, &req, req.nlh.nlmsg_len, 0) < 0 ? -1 : recv(fd, reply, sizeof(reply), 0);
	close(fd);
	if (len < (ssize_t)NLMSG_LENGTH(sizeof(*ifi)) || nlh->nlmsg_type != RTM_NEWLINK)
		return -1;
	len -= NLMSG_LENGTH(sizeof(*ifi));
	for (const struct rtattr *at = IFLA_RTA(NLMSG_DATA(nlh)); RTA_OK(at, len); at = RTA_NEXT(at, len))
		if (at->rta_type == type)
			value = *(unsigned char *)RTA_DATA(at);
	return value;
}

/*
 * Whether the link carries packets: up, and its other end too, and the kernel has taken note. IFF_RUNNING may say so
 * before: until it takes note for the first time the kernel does not know what the link is, and takes that for up.
 */
bool rtnl_running(const char *name)
{
	return rtnl_link_byte(name, IFLA_OPERSTATE) == IF_OPER_UP;
}
