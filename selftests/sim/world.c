// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the two hosts, tunes them for a run, counts their sockets.
 *
 *	  namespace A                     this program                     namespace B
 *	  [ sockets ]                                                      [ sockets ]
 *	  10.K.0.1      sim4 (TUN) ====== the link ====== (TUN) sim4       10.K.0.2
 *	  fd00:K::1     sim6 (TUN) ====== (link.c) ====== (TUN) sim6       fd00:K::2
 *
 * K is 1 ... WORLD_RUNS: a run has addresses of its own, so nothing that an earlier run left behind (TIME_WAIT, a
 * learnt path MTU) meets it. Two devices, since an IPv6 device's MTU cannot be that of a small IPv4 link. They carry
 * virtio_net headers; whether super-segments come with them is switched per run.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "world.h"

#define AF_XTCP 18
#define XTCP_PROTO_IPV4 0
#define XTCP_PROTO_IPV6 1

#define QUEUE_PACKETS 20000

static const char *const devices[2] = { "sim4", "sim6" };

/* Written once per namespace. Retries are many, so that only a cut link makes a connection give up. */
static const struct {
	const char *path;
	int value;
} fixed_sysctls[] = {
	{ "ipv6/conf/default/accept_dad", 0 },
	{ "ipv6/conf/default/router_solicitations", 0 },
	{ "ipv6/conf/default/addr_gen_mode", 1 },
	{ "ipv4/conf/all/rp_filter", 0 },
	{ "ipv4/conf/default/rp_filter", 0 },
	{ "ipv4/tcp_syn_retries", 10 },
	{ "ipv4/tcp_synack_retries", 15 },
	{ "ipv4/tcp_orphan_retries", 15 },
	{ "ipv4/tcp_no_metrics_save", 1 },
};

enum {
	TUNED_TIMESTAMPS,
	TUNED_SACK,
	TUNED_WINDOW_SCALING,
	TUNED_ECN,
	TUNED_RETRIES2,
	TUNED_SYNCOOKIES,
};

static const char *const tuned_sysctls[] = {
	[TUNED_TIMESTAMPS] = "ipv4/tcp_timestamps",
	[TUNED_SACK] = "ipv4/tcp_sack",
	[TUNED_WINDOW_SCALING] = "ipv4/tcp_window_scaling",
	[TUNED_ECN] = "ipv4/tcp_ecn",
	[TUNED_RETRIES2] = "ipv4/tcp_retries2",
	[TUNED_SYNCOOKIES] = "ipv4/tcp_syncookies",
};

static int complain(const char *what)
{
	int error = errno;

	fprintf(stderr, "sim: %s: %s\n", what, strerror(error));
	return -error;
}

static int enter(struct world *w, enum host side)
{
	if (w->at == side)
		return 0;
	if (setns(side == SIDES ? w->home : w->ns[side], CLONE_NEWNET))
		return complain("setns");
	w->at = side;
	return 0;
}

static int sysctl_write(const char *path, int value)
{
	char name[96], text[16];
	int fd, len, done;

	snprintf(name, sizeof(name), "/proc/sys/net/%s", path);
	fd = open(name, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return complain(name);
	len = snprintf(text, sizeof(text), "%d\n", value);
	done = write(fd, text, len);
	if (done != len)
		complain(name);
	close(fd);
	return done == len ? 0 : -EIO;
}

/* One rtnetlink request, and its answer. */
static int netlink(int fd, struct nlmsghdr *request)
{
	char buf[1024];
	struct nlmsghdr *reply = (struct nlmsghdr *)buf;
	ssize_t len;

	request->nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
	if (send(fd, request, request->nlmsg_len, 0) < 0)
		return complain("rtnetlink");
	len = recv(fd, buf, sizeof(buf), 0);
	if (len < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) || reply->nlmsg_type != NLMSG_ERROR)
		return complain("rtnetlink's answer");
	errno = -((struct nlmsgerr *)NLMSG_DATA(reply))->error;
	return errno ? complain("rtnetlink's answer") : 0;
}

/* The bytes of an address, 4 or 16 of them. */
static size_t raw_address(unsigned char *out, bool ipv6, unsigned int net, enum host side)
{
	memset(out, 0, 16);
	if (!ipv6) {
		out[0] = 10;
		out[1] = net;
		out[3] = 1 + side;
		return 4;
	}
	out[0] = 0xfd;
	out[3] = net;
	out[15] = 1 + side;
	return 16;
}

static int add_address(int fd, int ifindex, bool ipv6, unsigned int net, enum host side)
{
	struct {
		struct nlmsghdr n;
		struct ifaddrmsg a;
		char attributes[64];
	} request = {
		.n.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
		.n.nlmsg_type = RTM_NEWADDR,
		.n.nlmsg_flags = NLM_F_CREATE | NLM_F_REPLACE,
		.a.ifa_family = ipv6 ? AF_INET6 : AF_INET,
		.a.ifa_prefixlen = ipv6 ? 64 : 24,
		.a.ifa_flags = ipv6 ? IFA_F_NODAD : 0,
		.a.ifa_index = ifindex,
	};
	unsigned char addr[16];
	size_t len = raw_address(addr, ipv6, net, side);
	int types[] = { IFA_LOCAL, IFA_ADDRESS }, i;

	for (i = 0; i < 2; i++) {
		struct rtattr *attr = (struct rtattr *)((char *)&request + NLMSG_ALIGN(request.n.nlmsg_len));

		attr->rta_type = types[i];
		attr->rta_len = RTA_LENGTH(len);
		memcpy(RTA_DATA(attr), addr, len);
		request.n.nlmsg_len = NLMSG_ALIGN(request.n.nlmsg_len) + RTA_ALIGN(attr->rta_len);
	}
	return netlink(fd, &request.n);
}

/* Sets a device up; @name is "lo" or one of the TUN devices. */
static int device_up(int control, const char *name, int *ifindex)
{
	struct ifreq ifr = { 0 };

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	if (ioctl(control, SIOCGIFINDEX, &ifr))
		return complain(name);
	if (ifindex)
		*ifindex = ifr.ifr_ifindex;
	ifr.ifr_flags = IFF_UP;
	return ioctl(control, SIOCSIFFLAGS, &ifr) ? complain(name) : 0;
}

static int device_queue(int control, const char *name)
{
	struct ifreq ifr = { .ifr_qlen = QUEUE_PACKETS };

	strncpy(ifr.ifr_name, name, IFNAMSIZ - 1);
	return ioctl(control, SIOCSIFTXQLEN, &ifr) ? complain("queue length") : 0;
}

static int open_tun(struct world *w, int control, int rtnl, enum host side, bool ipv6)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
	char path[64];
	int error, ifindex, i, fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	w->tun[side][ipv6] = fd;
	w->mtu[side][ipv6] = 0;
	w->offload[side][ipv6] = -1;
	if (fd < 0)
		return complain("/dev/net/tun");
	strncpy(ifr.ifr_name, devices[ipv6], IFNAMSIZ - 1);
	if (ioctl(fd, TUNSETIFF, &ifr))
		return complain("TUNSETIFF");
	if (!ipv6) {
		snprintf(path, sizeof(path), "ipv6/conf/%s/disable_ipv6", devices[ipv6]);
		error = sysctl_write(path, 1);
		if (error)
			return error;
	}
	error = device_queue(control, devices[ipv6]);
	if (!error)
		error = device_up(control, devices[ipv6], &ifindex);
	for (i = 1; !error && i <= WORLD_RUNS; i++)
		error = add_address(rtnl, ifindex, ipv6, i, side);
	return error;
}

static int open_side(struct world *w, enum host side)
{
	int control = -1, rtnl = -1, error = 0;
	size_t i;

	if (unshare(CLONE_NEWNET))
		return complain("a new network namespace");
	w->ns[side] = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	w->at = side;
	control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	rtnl = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (w->ns[side] < 0 || control < 0 || rtnl < 0)
		error = complain("a namespace's sockets");
	for (i = 0; !error && i < ARRAY_SIZE(fixed_sysctls); i++)
		error = sysctl_write(fixed_sysctls[i].path, fixed_sysctls[i].value);
	for (i = 0; i < WORLD_SYSCTLS_MAX; i++)
		w->sysctl[side][i] = -1;
	if (!error)
		error = device_up(control, "lo", NULL);
	if (!error)
		error = open_tun(w, control, rtnl, side, false);
	if (!error)
		error = open_tun(w, control, rtnl, side, true);
	close(control);
	close(rtnl);
	return error;
}

/**
 * world_is_virtual() - is this User-Mode Linux, whose time scripts/vm makes virtual?
 *
 * Return: true if so.
 */
bool world_is_virtual(void)
{
	char text[256] = "";
	FILE *f = fopen("/proc/cpuinfo", "re");

	if (!f)
		return false;
	while (fgets(text, sizeof(text), f) && !strstr(text, "User Mode Linux"))
		;
	fclose(f);
	return strstr(text, "User Mode Linux");
}

/*
 * Virtual time is cheap, but not free: connection tracking walks its whole table every so often, though it is empty.
 * Only in a guest, since the table is everybody's.
 */
static void shrink_conntrack(void)
{
	FILE *f = world_is_virtual() ? fopen("/proc/sys/net/netfilter/nf_conntrack_buckets", "we") : NULL;

	if (!f)
		return;
	fputs("64\n", f);
	fclose(f);
}

/**
 * world_open() - makes the two hosts
 * @w: result; to be closed even if this fails
 *
 * Return: 0 or -errno, which has been reported.
 */
int world_open(struct world *w)
{
	int side, error;

	memset(w, 0, sizeof(*w));
	memset(w->ns, -1, sizeof(w->ns));
	memset(w->tun, -1, sizeof(w->tun));
	w->at = SIDES;
	shrink_conntrack();
	w->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (w->home < 0)
		return complain("/proc/thread-self/ns/net");
	for (side = 0; side < SIDES; side++) {
		error = open_side(w, side);
		if (error)
			return error;
	}
	return 0;
}

/**
 * world_close() - leaves and so destroys the two hosts, with all that their sockets left behind
 * @w: what world_open() made
 */
void world_close(struct world *w)
{
	int side, i;

	if (w->home >= 0)
		enter(w, SIDES);
	for (side = 0; side < SIDES; side++) {
		for (i = 0; i < 2; i++)
			if (w->tun[side][i] >= 0)
				close(w->tun[side][i]);
		if (w->ns[side] >= 0)
			close(w->ns[side]);
	}
	if (w->home >= 0)
		close(w->home);
}

static int tune_device(struct world *w, const struct params *p, enum host side)
{
	int fd = w->tun[side][p->ipv6], offload = 0, control, error = 0;
	struct ifreq ifr = { .ifr_mtu = p->mtu };

	if (p->offload)
		offload = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
	if (w->offload[side][p->ipv6] != offload && ioctl(fd, TUNSETOFFLOAD, offload))
		return complain("TUNSETOFFLOAD");
	w->offload[side][p->ipv6] = offload;
	if (w->mtu[side][p->ipv6] == p->mtu)
		return 0;
	strncpy(ifr.ifr_name, devices[p->ipv6], IFNAMSIZ - 1);
	control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ioctl(control, SIOCSIFMTU, &ifr))
		error = complain("MTU");
	close(control);
	w->mtu[side][p->ipv6] = p->mtu;
	return error;
}

/**
 * world_tune() - sets what a run wants of its hosts: sysctls, MTU, offload
 * @w: hosts
 * @p: the run
 *
 * Return: 0 or -errno, which has been reported.
 */
int world_tune(struct world *w, const struct params *p)
{
	int side, i, error;

	for (side = 0; side < SIDES; side++) {
		const int wanted[] = {
			[TUNED_TIMESTAMPS] = p->timestamps[side],
			[TUNED_SACK] = p->sack[side],
			[TUNED_WINDOW_SCALING] = p->window_scaling[side],
			[TUNED_ECN] = p->ecn[side],
			[TUNED_RETRIES2] = p->retries2,
			/* A cookie forgets the handshake: a client waiting for the first byte may wait for ever. */
			[TUNED_SYNCOOKIES] = p->backlog > PARAMS_CONNS_MAX,
		};

		error = enter(w, side);
		for (i = 0; !error && i < (int)ARRAY_SIZE(wanted); i++) {
			if (w->sysctl[side][i] == wanted[i])
				continue;
			error = sysctl_write(tuned_sysctls[i], wanted[i]);
			w->sysctl[side][i] = wanted[i];
		}
		if (!error)
			error = tune_device(w, p, side);
		if (error)
			return error;
	}
	return 0;
}

/**
 * world_socket() - a stream socket of the stack that a run wants on a side
 * @w: hosts
 * @p: the run
 * @side: where
 *
 * Return: descriptor (non-blocking) or -errno.
 */
int world_socket(struct world *w, const struct params *p, enum host side)
{
	bool ipv6 = p->ipv6 || p->mapped[side];
	int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, fd, error = enter(w, side);

	if (error)
		return error;
	if (params_is_xtcp(p, side))
		fd = socket(AF_XTCP, type, ipv6 ? XTCP_PROTO_IPV6 : XTCP_PROTO_IPV4);
	else
		fd = socket(ipv6 ? AF_INET6 : AF_INET, type, 0);
	return fd < 0 ? -errno : fd;
}

/**
 * world_address() - a socket address
 * @p: the run
 * @side: whose address
 * @any: the wildcard address instead
 * @user: the side that calls bind() or connect() with it, which may want it v4-mapped
 * @port: in host order
 * @out: result
 *
 * Return: its length.
 */
socklen_t world_address(const struct params *p, enum host side, bool any, enum host user, __u16 port,
			struct sockaddr_storage *out)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	unsigned int net = 1 + p->seed % WORLD_RUNS;
	unsigned char raw[16];

	memset(out, 0, sizeof(*out));
	raw_address(raw, p->ipv6, net, side);
	if (!p->ipv6 && !p->mapped[user]) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		if (!any)
			memcpy(&in->sin_addr, raw, 4);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	if (!any && p->ipv6) {
		memcpy(&in6->sin6_addr, raw, 16);
	} else if (!any) {
		in6->sin6_addr.s6_addr[10] = 0xff;
		in6->sin6_addr.s6_addr[11] = 0xff;
		memcpy(&in6->sin6_addr.s6_addr[12], raw, 4);
	}
	return sizeof(*in6);
}

__u16 world_port(const struct sockaddr_storage *addr)
{
	/* At the same place in both. */
	return ntohs(((const struct sockaddr_in *)addr)->sin_port);
}

/**
 * world_is_between() - is a packet one of this run's?
 * @p: the run
 * @from: the side that sent it
 * @data: its IP header
 *
 * Return: whether it goes from that side's address to the other's.
 */
bool world_is_between(const struct params *p, enum host from, const unsigned char *data)
{
	unsigned char source[16], target[16];
	size_t len = raw_address(source, p->ipv6, 1 + p->seed % WORLD_RUNS, from), at = p->ipv6 ? 8 : 12;

	raw_address(target, p->ipv6, 1 + p->seed % WORLD_RUNS, !from);
	return !memcmp(data + at, source, len) && !memcmp(data + at + len, target, len);
}

/**
 * world_read() - takes a packet that a host sent
 * @w: hosts
 * @side: which
 * @ipv6: which of its devices
 * @vnet: result, the offload header
 * @data: result
 * @size: bytes of @data
 *
 * Return: bytes, 0 if there is none, -errno.
 */
ssize_t world_read(struct world *w, enum host side, bool ipv6, struct virtio_net_hdr *vnet, void *data, size_t size)
{
	struct iovec iov[] = { { vnet, sizeof(*vnet) }, { data, size } };
	ssize_t len = readv(w->tun[side][ipv6], iov, 2);

	if (len < 0)
		return errno == EAGAIN ? 0 : -errno;
	return len < (ssize_t)sizeof(*vnet) ? -EIO : len - (ssize_t)sizeof(*vnet);
}

/**
 * world_write() - hands a packet to a host, which takes it in before this returns
 * @w: hosts
 * @side: which
 * @ipv6: which of its devices
 * @vnet: the offload header
 * @data: packet
 * @len: its bytes
 *
 * Return: 0 or -errno.
 */
int world_write(struct world *w, enum host side, bool ipv6, const struct virtio_net_hdr *vnet, const void *data,
		size_t len)
{
	struct iovec iov[] = { { (void *)vnet, sizeof(*vnet) }, { (void *)data, len } };

	return writev(w->tun[side][ipv6], iov, 2) < 0 ? -errno : 0;
}

/* Calls @line for every line of a file. Return: false if there is no such file. */
static bool each_line(const char *path, void (*line)(char *text, void *arg), void *arg)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "re");

	if (!f)
		return false;
	while (getline(&text, &size, f) > 0)
		line(text, arg);
	free(text);
	fclose(f);
	return true;
}

/* "  sl  local_address rem_address   st ..." */
static void count_socket(char *text, void *arg)
{
	struct world_census *census = arg;
	unsigned int state;

	if (sscanf(text, " %*u: %*s %*s %x", &state) == 1 && state < WORLD_STATES)
		census->state[state]++;
}

/* One number a line. */
static void count_xtcp(char *text, void *arg)
{
	struct world_census *census = arg;
	unsigned int requests;

	if (sscanf(text, "sockets %u", &census->xtcp) != 1)
		census->requests += sscanf(text, "requests %u", &requests) == 1 ? requests : 0;
}

static void find_allocated(char *text, void *arg)
{
	const char *at = strstr(text, "TCP:") ? strstr(text, "alloc ") : NULL;

	if (at)
		*(int *)arg = atoi(at + strlen("alloc "));
}

/**
 * world_count() - counts a host's TCP sockets
 * @w: hosts
 * @side: which
 * @census: result
 *
 * Return: 0 or -errno, which has been reported.
 */
int world_count(struct world *w, enum host side, struct world_census *census)
{
	int error = enter(w, side);

	memset(census, 0, sizeof(*census));
	if (error)
		return error;
	each_line("/proc/thread-self/net/tcp", count_socket, census);
	each_line("/proc/thread-self/net/tcp6", count_socket, census);
	/* Absent with kernel TCP alone. */
	each_line("/proc/thread-self/net/xtcp/sockstat", count_xtcp, census);
	return 0;
}

/**
 * world_allocated() - TCP sockets that exist in all namespaces, as /proc/net/sockstat says
 * @w: hosts; closed ones too
 *
 * Return: their number, or -1.
 */
int world_allocated(struct world *w)
{
	int allocated = -1;

	if (w->at != SIDES && enter(w, SIDES))
		return -1;
	each_line("/proc/thread-self/net/sockstat", find_allocated, &allocated);
	return allocated;
}
