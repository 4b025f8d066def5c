/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scripted host: the test itself is the remote end of a TUN device and answers segment by segment, so it can do what
 * no stock peer does: stay silent, reset in any state, open at the same time, lie about windows.
 *
 *   +----------------------------+
 *   |  the stack under test      |      tun0      198.51.100.2   2001:db8:1::2
 *   |  198.51.100.1        tun0  +---------------- the test: struct peer
 *   |  2001:db8:1::1             |
 *   +----------------------------+
 *
 * Variables are the peer's own, by RFC 9293 3.3.1: snd_nxt is what the peer sends next, rcv_nxt what it expects.
 * Functions that return bool log what was wrong and return false.
 */
#ifndef PEER_H
#define PEER_H

#include "segment.h"
#include "xnet.h"

#define PEER_PORT	7001
#define PEER_ISS	1000000u
#define PEER_WINDOW	65535

/* How long silence must last to count as no answer. Milliseconds. */
#define PEER_QUIET_MS	60

struct peer {
	int ns;
	enum xnet_stack stack;	/* of its sockets */
	int tun;
	struct segment_path path;	/* from the peer to the stack under test */
	u16 near_port;		/* 0: any */
	u16 port;
	u32 iss;
	u32 irs;
	u32 snd_nxt;
	u32 snd_una;		/* the highest acknowledgment seen */
	u32 rcv_nxt;
	u16 window;
	/* What the peer's SYN offers, RFC 7323 and RFC 2018; mss 0 offers none. */
	u16 mss;
	bool wscale_on;
	u8 wscale;
	bool sack_on;
	bool ts_on;
	u32 tsval;
	u32 ts_recent;
	struct segment last;		/* the segment read last */
	u8 last_packet[SEGMENT_PACKET_MAX];
	size_t last_len;
};

int peer_open(struct peer *peer, int family);
void peer_close(struct peer *peer);
void peer_reset_variables(struct peer *peer, u16 port);
struct xnet_addr peer_near_address(const struct peer *peer, int port);
struct xnet_addr peer_address(const struct peer *peer);

/* --- sending */
struct segment peer_segment(struct peer *peer, u8 flags);
void peer_inject(struct peer *peer, const struct segment *seg);
void peer_send(struct peer *peer, u8 flags);
void peer_send_data(struct peer *peer, u8 flags, const void *data, size_t len);
void peer_send_at(struct peer *peer, u8 flags, u32 seq, u32 ack);
void peer_icmp(struct peer *peer, u8 type, u8 code, u32 info);

/* --- receiving: what came is in peer->last */
bool peer_read(struct peer *peer, int timeout_ms);
bool peer_expect(struct peer *peer, u8 flags);
bool peer_expect_ack(struct peer *peer, u32 ack);
bool peer_await(struct peer *peer, u8 flags, int timeout_ms);
bool peer_expect_data(struct peer *peer, const void *data, size_t len);
bool peer_silence(struct peer *peer, int ms);
void peer_drain(struct peer *peer);

/* --- connections of the stack under test with the peer */
int peer_socket(const struct peer *peer);
int peer_listen(const struct peer *peer, int port);
int peer_start_connect(struct peer *peer);
bool peer_answer_connect(struct peer *peer);
int peer_connected(struct peer *peer);
bool peer_handshake(struct peer *peer, int near_port);
int peer_accepted(struct peer *peer);
int peer_reach(struct peer *peer, int state);
bool peer_in_time_wait(struct peer *peer);
bool peer_is_gone(struct peer *peer);

/* Fixtures of scripted cases have a struct peer named peer. */
#define PEER_VARIANTS(type) \
	struct peer; \
	FIXTURE_VARIANT(type) { int family; }; \
	FIXTURE_VARIANT_ADD(type, ipv4) { .family = AF_INET }; \
	FIXTURE_VARIANT_ADD(type, ipv6) { .family = AF_INET6 }

#define PEER_FIXTURE(type) \
	struct peer; \
	FIXTURE(type) { struct peer peer; }; \
	PEER_VARIANTS(type); \
	FIXTURE_SETUP(type) \
	{ \
		XNET_FILTER(); \
		ASSERT_EQ(0, peer_open(&self->peer, variant->family)); \
	} \
	FIXTURE_TEARDOWN(type) \
	{ \
		peer_close(&self->peer); \
	}

#endif /* PEER_H */
