// SPDX-License-Identifier: GPL-2.0
/*
 * A scripted host behind a TUN device: see peer.h.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/if_tun.h>

#include "peer.h"
#include "rtnl.h"

#define PEER_LINK	"tun0"

static const char *peer_text_address(int family, bool near)
{
	if (family == AF_INET6)
		return near ? "2001:db8:1::1" : "2001:db8:1::2";
	return near ? "198.51.100.1" : "198.51.100.2";
}

static int peer_tun(void)
{
	struct ifreq ifr = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd;

	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		xnet_log("/dev/net/tun: %s", strerror(errno));
		return -1;
	}
	strncpy(ifr.ifr_name, PEER_LINK, sizeof(ifr.ifr_name) - 1);
	if (ioctl(fd, TUNSETIFF, &ifr)) {
		xnet_log("TUNSETIFF: %s", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static void peer_copy_address(u8 to[16], const struct xnet_addr *addr)
{
	if (addr->sa.sa_family == AF_INET6)
		memcpy(to, &addr->in6.sin6_addr, 16);
	else
		memcpy(to, &addr->in.sin_addr, 4);
}

/* A new namespace whose only link leads to the peer. */
int peer_open(struct peer *peer, int family)
{
	struct xnet_addr near = xnet_parse(peer_text_address(family, true), 0);
	struct xnet_addr far = xnet_parse(peer_text_address(family, false), 0);
	int err;

	memset(peer, 0, sizeof(*peer));
	peer->path.family = family;
	peer_copy_address(peer->path.from, &far);
	peer_copy_address(peer->path.to, &near);
	peer_reset_variables(peer, PEER_PORT);
	peer->tun = -1;
	peer->ns = xnet_ns_new();
	if (peer->ns < 0)
		return -1;
	xnet_ns_enter(peer->ns);
	peer->tun = peer_tun();
	err = peer->tun < 0 || rtnl_up(PEER_LINK) || rtnl_address(PEER_LINK, &near, family == AF_INET6 ? 64 : 24);
	xnet_ns_leave();
	if (err)
		return -1;
	/* Each wrong segment is answered, however fast they come, RFC 5961 7. */
	return xnet_sysctl(peer->ns, "net/ipv4/tcp_invalid_ratelimit", "0");
}

void peer_close(struct peer *peer)
{
	if (peer->tun >= 0)
		close(peer->tun);
	if (peer->ns >= 0)
		close(peer->ns);
}

/* For the next connection: as before the first, from PORT. */
void peer_reset_variables(struct peer *peer, u16 port)
{
	peer->near_port = 0;
	peer->port = port;
	peer->iss = PEER_ISS;
	peer->irs = 0;
	peer->snd_nxt = peer->iss;
	peer->snd_una = 0;
	peer->rcv_nxt = 0;
	peer->window = PEER_WINDOW;
	peer->mss = 1400;
}

struct xnet_addr peer_near_address(const struct peer *peer, int port)
{
	return xnet_parse(peer_text_address(peer->path.family, true), port);
}

struct xnet_addr peer_address(const struct peer *peer)
{
	return xnet_parse(peer_text_address(peer->path.family, false), peer->port);
}

/* --- sending */

/* A segment with the peer's current numbers, options and FLAGS, to be changed and injected. */
struct segment peer_segment(struct peer *peer, u8 flags)
{
	struct segment seg = {
		.sport = peer->port,
		.dport = peer->near_port,
		.seq = peer->snd_nxt,
		.ack = flags & ACK ? peer->rcv_nxt : 0,
		.flags = flags,
		.win = peer->window,
	};

	if (flags & SYN) {
		seg.mss = peer->mss;
		seg.has_wscale = peer->wscale_on;
		seg.wscale = peer->wscale;
		seg.sack_ok = peer->sack_on;
	}
	if (peer->ts_on && !(flags & RST)) {
		seg.has_ts = true;
		seg.tsval = peer->tsval++;
		seg.tsecr = flags & ACK ? peer->ts_recent : 0;
	}
	return seg;
}

/* Sends SEG as it is; no variable changes. */
void peer_inject(struct peer *peer, const struct segment *seg)
{
	u8 packet[SEGMENT_PACKET_MAX];
	size_t len = segment_build(&peer->path, seg, packet);

	if (write(peer->tun, packet, len) != (ssize_t)len)
		xnet_log("tun: %s", strerror(errno));
}

void peer_send_data(struct peer *peer, u8 flags, const void *data, size_t len)
{
	struct segment seg = peer_segment(peer, flags);

	seg.len = len;
	if (len)
		memcpy(seg.data, data, len);
	peer_inject(peer, &seg);
	peer->snd_nxt += len + !!(flags & SYN) + !!(flags & FIN);
}

/* The next segment in order. */
void peer_send(struct peer *peer, u8 flags)
{
	peer_send_data(peer, flags, NULL, 0);
}

/* An empty segment with any numbers; no variable changes. */
void peer_send_at(struct peer *peer, u8 flags, u32 seq, u32 ack)
{
	struct segment seg = peer_segment(peer, flags);

	seg.seq = seq;
	seg.ack = ack;
	peer_inject(peer, &seg);
}

/* An ICMP error about the segment read last. */
void peer_icmp(struct peer *peer, u8 type, u8 code, u32 info)
{
	u8 packet[SEGMENT_PACKET_MAX];
	size_t len = segment_icmp(&peer->path, type, code, info, peer->last_packet, peer->last_len, packet);

	if (write(peer->tun, packet, len) != (ssize_t)len)
		xnet_log("tun: %s", strerror(errno));
}

/* --- receiving */

static bool peer_wants(const struct peer *peer, const struct segment *seg)
{
	if (peer->port && seg->dport != peer->port)
		return false;
	return !peer->near_port || seg->sport == peer->near_port;
}

/* Follows the other end's numbers: what arrives in order is as if the peer had received it. */
static void peer_follow(struct peer *peer, const struct segment *seg)
{
	if (seg->flags & SYN && !peer->irs) {
		peer->irs = seg->seq;
		peer->rcv_nxt = seg->seq;
		peer->near_port = seg->sport;
	}
	if (seg->seq == peer->rcv_nxt && !(seg->flags & RST))
		peer->rcv_nxt += seg->len + !!(seg->flags & SYN) + !!(seg->flags & FIN);
	if (seg->flags & ACK && (!peer->snd_una || (s32)(seg->ack - peer->snd_una) > 0))
		peer->snd_una = seg->ack;
	if (seg->has_ts)
		peer->ts_recent = seg->tsval;
}

/* The next segment for the peer, into peer->last; false when none comes. Other packets are passed over. */
bool peer_read(struct peer *peer, int timeout_ms)
{
	u64 deadline = xnet_now_ms() + timeout_ms;

	for (;;) {
		struct pollfd pfd = { .fd = peer->tun, .events = POLLIN };
		u64 now = xnet_now_ms();
		ssize_t len;

		if (poll(&pfd, 1, now < deadline ? deadline - now : 0) != 1)
			return false;
		len = read(peer->tun, peer->last_packet, sizeof(peer->last_packet));
		if (len <= 0 || !segment_parse(peer->path.family, peer->last_packet, len, &peer->last))
			continue;
		if (!peer_wants(peer, &peer->last))
			continue;
		peer->last_len = len;
		peer_follow(peer, &peer->last);
		return true;
	}
}

/* PSH says nothing about a connection, RFC 9293 3.9.1.2; ECN's bits are offered in SYNs. */
static bool peer_flags_match(const struct segment *seg, u8 flags)
{
	return (seg->flags & ~(PSH | ECE | CWR)) == flags;
}

/* The next segment has exactly FLAGS, but for PSH. */
bool peer_expect(struct peer *peer, u8 flags)
{
	if (!peer_read(peer, XNET_PATIENCE_MS)) {
		xnet_log("no segment; wanted [%s]", segment_flags_text(flags));
		return false;
	}
	if (peer_flags_match(&peer->last, flags))
		return true;
	xnet_log("got %s; wanted [%s]", segment_text(&peer->last), segment_flags_text(flags));
	return false;
}

/* The next segment is a pure acknowledgment of ACK_NUMBER. */
bool peer_expect_ack(struct peer *peer, u32 ack)
{
	if (!peer_expect(peer, ACK))
		return false;
	if (!peer->last.len && peer->last.ack == ack)
		return true;
	xnet_log("got %s; wanted a pure ACK of %u", segment_text(&peer->last), ack);
	return false;
}

/* Passes over segments until one has exactly FLAGS. */
bool peer_await(struct peer *peer, u8 flags, int timeout_ms)
{
	u64 deadline = xnet_now_ms() + timeout_ms;
	bool any = false;

	for (;;) {
		u64 now = xnet_now_ms();

		if (!peer_read(peer, now < deadline ? deadline - now : 0))
			break;
		if (peer_flags_match(&peer->last, flags))
			return true;
		any = true;
	}
	xnet_log("no [%s]; last was %s", segment_flags_text(flags), any ? segment_text(&peer->last) : "nothing");
	return false;
}

/* The next segment carries exactly DATA. */
bool peer_expect_data(struct peer *peer, const void *data, size_t len)
{
	if (!peer_expect(peer, ACK))
		return false;
	if (peer->last.len == len && !memcmp(peer->last.data, data, len))
		return true;
	xnet_log("got %s; wanted %zu bytes", segment_text(&peer->last), len);
	return false;
}

/* No segment for a while. */
bool peer_silence(struct peer *peer, int ms)
{
	if (!peer_read(peer, ms))
		return true;
	xnet_log("got %s; wanted silence", segment_text(&peer->last));
	return false;
}

/* Forgets what has arrived. */
void peer_drain(struct peer *peer)
{
	while (peer_read(peer, 0))
		;
}

/* --- connections */

int peer_socket(const struct peer *peer)
{
	return xnet_socket(peer->ns, peer->stack, peer->path.family);
}

int peer_listen(const struct peer *peer, int port)
{
	struct xnet_addr addr = xnet_any(peer->path.family, port);
	int fd = peer_socket(peer);

	if (fd < 0)
		return -1;
	xnet_set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!xnet_bind(fd, &addr) && !listen(fd, 16))
		return fd;
	xnet_log("listen: %s", strerror(errno));
	close(fd);
	return -1;
}

/* A non-blocking socket in SYN-SENT, its SYN read. */
int peer_start_connect(struct peer *peer)
{
	struct xnet_addr addr = peer_address(peer);
	int fd = peer_socket(peer);

	if (fd < 0)
		return -1;
	xnet_nonblock(fd, true);
	if (!xnet_connect(fd, &addr) || errno != EINPROGRESS) {
		xnet_log("connect: %s", strerror(errno));
		close(fd);
		return -1;
	}
	if (peer_expect(peer, SYN))
		return fd;
	close(fd);
	return -1;
}

/* SYN-ACK for the SYN read, then the acknowledgment that ends the handshake. */
bool peer_answer_connect(struct peer *peer)
{
	peer_send(peer, SYN | ACK);
	return peer_expect_ack(peer, peer->snd_nxt);
}

/* An established socket, opened actively by the stack under test. */
int peer_connected(struct peer *peer)
{
	int fd = peer_start_connect(peer);

	if (fd < 0)
		return -1;
	if (peer_answer_connect(peer) && xnet_await_state(fd, TCP_ESTABLISHED))
		return fd;
	close(fd);
	return -1;
}

/* The peer opens actively to NEAR_PORT. */
bool peer_handshake(struct peer *peer, int near_port)
{
	peer->near_port = near_port;
	peer_send(peer, SYN);
	if (!peer_expect(peer, SYN | ACK))
		return false;
	if (peer->last.ack != peer->iss + 1) {
		xnet_log("SYN-ACK of %u, not %u", peer->last.ack, peer->iss + 1);
		return false;
	}
	peer_send(peer, ACK);
	return true;
}

/* An established socket, opened passively by the stack under test; its listener is gone. */
int peer_accepted(struct peer *peer)
{
	int listener = peer_listen(peer, XNET_PORT);
	int fd = -1;

	if (listener < 0)
		return -1;
	if (peer_handshake(peer, XNET_PORT))
		fd = xnet_accept(listener);
	close(listener);
	if (fd >= 0)
		xnet_nonblock(fd, true);
	return fd;
}

/* The stack under test has sent its FIN, which the peer has not acknowledged. */
static bool peer_near_shuts_down(struct peer *peer, int fd)
{
	return !shutdown(fd, SHUT_WR) && peer_expect(peer, FIN | ACK);
}

/* The peer's FIN; its acknowledgment. ACKS: whether the peer has seen all that was sent to it. */
static bool peer_shuts_down(struct peer *peer, bool acks)
{
	struct segment seg = peer_segment(peer, FIN | ACK);

	seg.ack -= !acks;
	peer_inject(peer, &seg);
	peer->snd_nxt++;
	return peer_expect_ack(peer, peer->snd_nxt);
}

static bool peer_go_on_to(struct peer *peer, int fd, int state)
{
	switch (state) {
	case TCP_FIN_WAIT1:
		return peer_near_shuts_down(peer, fd);
	case TCP_FIN_WAIT2:
		if (!peer_near_shuts_down(peer, fd))
			return false;
		peer_send(peer, ACK);
		return true;
	case TCP_CLOSING:
		return peer_near_shuts_down(peer, fd) && peer_shuts_down(peer, false);
	case TCP_TIME_WAIT:
		return peer_near_shuts_down(peer, fd) && peer_shuts_down(peer, true);
	case TCP_CLOSE_WAIT:
		return peer_shuts_down(peer, true);
	case TCP_LAST_ACK:
		return peer_shuts_down(peer, true) && peer_near_shuts_down(peer, fd);
	}
	return state == TCP_ESTABLISHED;
}

/*
 * A non-blocking socket of the stack under test in STATE (in TIME-WAIT the socket itself is closed), by the shortest
 * way of RFC 9293 3.3.2, figure 5, with nothing left unread by the peer. SYN-RECEIVED is that of a simultaneous
 * opening.
 */
int peer_reach(struct peer *peer, int state)
{
	bool reached;
	int fd;

	if (state == TCP_LISTEN) {
		peer->near_port = XNET_PORT;
		return peer_listen(peer, XNET_PORT);
	}
	if (state == TCP_SYN_SENT || state == TCP_SYN_RECV)
		fd = peer_start_connect(peer);
	else
		fd = peer_connected(peer);
	if (fd < 0 || state == TCP_SYN_SENT)
		return fd;
	if (state == TCP_SYN_RECV) {
		peer_send(peer, SYN);
		reached = peer_expect(peer, SYN | ACK);
	} else {
		reached = peer_go_on_to(peer, fd, state);
	}
	if (reached && xnet_await_state(fd, state == TCP_TIME_WAIT ? TCP_CLOSE : state))
		return fd;
	xnet_log("%s not reached", xnet_state_name(state));
	close(fd);
	return -1;
}

/*
 * Whether the connection is in TIME-WAIT: the peer's FIN, sent again, is acknowledged, where a closed one would reset.
 */
bool peer_in_time_wait(struct peer *peer)
{
	peer_drain(peer);
	peer_send_at(peer, FIN | ACK, peer->snd_nxt - 1, peer->rcv_nxt);
	return peer_expect_ack(peer, peer->snd_nxt);
}

/* Whether the connection is gone: a segment of it is answered by RST. */
bool peer_is_gone(struct peer *peer)
{
	peer_drain(peer);
	peer_send_at(peer, ACK, peer->snd_nxt, peer->rcv_nxt);
	return peer_expect(peer, RST) && peer->last.seq == peer->rcv_nxt;
}
