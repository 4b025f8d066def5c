/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a seed means: everything about a run that is drawn before it starts. Drawn in params.c, read everywhere.
 */
#ifndef SIM_PARAMS_H
#define SIM_PARAMS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdio.h>

#define NS_PER_US 1000ULL
#define NS_PER_MS 1000000ULL
#define NS_PER_S 1000000000ULL
#define NEVER (~0ULL)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Seeds with the same quotient by this share two namespaces, and have addresses and ports of their own there. */
#define WORLD_RUNS 50

#define PARAMS_CONNS_MAX 8
#define PARAMS_CUTS_MAX 3
#define PARAMS_CC_LEN 16

/* The two hosts. Side A opens connections, side B listens; both open in a simultaneous open. */
enum host {
	SIDE_A,
	SIDE_B,
	SIDES,
};

enum pair {
	PAIR_XX,
	PAIR_XK,
	PAIR_KX,
	PAIR_KK,
	PAIR_ANY,
};

extern const char *const pair_names[];

/**
 * struct flow - one direction of the link
 * @delay_ns: propagation
 * @jitter_ns: 0 ... jitter_ns more for each packet
 * @jitter_reorders: a later packet may overtake; otherwise jitter keeps the order
 * @rate: bytes per second, 0 = unlimited
 * @queue: bytes that may wait for the rate, more are lost
 * @loss_ppm: chance of each packet to be lost
 * @burst_ppm: chance that a burst of losses starts
 * @burst_loss_ppm: chance of each packet to be lost during a burst
 * @burst_end_ppm: chance that a burst ends with a packet
 * @duplicate_ppm: chance of a second copy
 * @corrupt_ppm: chance that one bit flips
 * @reorder_ppm: chance that a packet is held back by 0 ... reorder_ns
 * @reorder_ns: see @reorder_ppm
 */
struct flow {
	__u64 delay_ns;
	__u64 jitter_ns;
	bool jitter_reorders;
	__u64 rate;
	__u64 queue;
	unsigned int loss_ppm;
	unsigned int burst_ppm;
	unsigned int burst_loss_ppm;
	unsigned int burst_end_ppm;
	unsigned int duplicate_ppm;
	unsigned int corrupt_ppm;
	unsigned int reorder_ppm;
	__u64 reorder_ns;
};

/**
 * struct cut - a time in which the link carries nothing
 * @at_ns: since the run's start
 * @length_ns: NEVER = for good
 * @sides: bit per sender
 * @icmp: the senders are told (host unreachable)
 */
struct cut {
	__u64 at_ns;
	__u64 length_ns;
	unsigned int sides;
	bool icmp;
};

enum conn_kind {
	CONN_NORMAL,
	CONN_REFUSED,
	CONN_SIMULTANEOUS,
};

enum finish {
	FINISH_HALF_CLOSE,	/* shutdown(SHUT_WR) when all is sent, close() at end of file */
	FINISH_HOLD,		/* close() at end of file */
	FINISH_FIRST,		/* close() when all is sent and all is received */
	FINISH_SHUT_BOTH,	/* shutdown(SHUT_WR), and shutdown(SHUT_RDWR) at end of file, then close() */
	FINISHES,
};

enum abort_kind {
	ABORT_NONE,
	ABORT_LINGER,		/* SO_LINGER of 0 s, close() */
	ABORT_UNREAD,		/* close() with data unread */
	ABORT_CLOSE,		/* close() whatever the peer still sends */
	ABORT_SHUTDOWN,		/* shutdown(SHUT_RDWR), close() a little later */
	ABORT_CONNECT,		/* close() while connecting */
	ABORTS,
};

/**
 * struct end_params - what one end of a connection does
 * @total: bytes to send
 * @write_max: bytes in one sendmsg(), at most
 * @read_max: bytes in one recv(), at most
 * @write_pause_at: having sent that many bytes ...
 * @write_pause_ns: ... it waits
 * @read_pause_at: having received that many bytes ...
 * @read_pause_ns: ... it reads nothing, so that the window closes
 * @abort_at: bytes sent and received when @abort happens; ns for ABORT_CONNECT
 * @abort_wait_ns: time between the two halves of @abort, if it has two
 * @sndbuf: 0 = default
 * @rcvbuf: 0 = default
 * @keepalive_s: idle seconds, 0 = none
 * @finish: how it closes
 * @abort: how it closes too early
 * @nodelay: TCP_NODELAY
 * @cork: TCP_CORK, taken off when nothing more may be sent for now
 * @more: MSG_MORE where more follows
 * @peek: some reads are preceded by MSG_PEEK
 * @inq: some reads are preceded by FIONREAD
 */
struct end_params {
	__u64 total;
	unsigned int write_max;
	unsigned int read_max;
	__u64 write_pause_at;
	__u64 write_pause_ns;
	__u64 read_pause_at;
	__u64 read_pause_ns;
	__u64 abort_at;
	__u64 abort_wait_ns;
	unsigned int sndbuf;
	unsigned int rcvbuf;
	unsigned int keepalive_s;
	enum finish finish;
	enum abort_kind abort;
	bool nodelay;
	bool cork;
	bool more;
	bool peek;
	bool inq;
};

/**
 * struct conn_params - one connection
 * @kind: how it opens
 * @start_ns: when it opens, since the run's start
 * @client_port: 0 = the kernel chooses
 * @server_port: where it connects to
 * @request: bytes of a request, 0 = both ends send as they like
 * @response: bytes of a response
 * @end: what the two ends do, by side
 */
struct conn_params {
	enum conn_kind kind;
	__u64 start_ns;
	__u16 client_port;
	__u16 server_port;
	__u64 request;
	__u64 response;
	struct end_params end[SIDES];
};

/**
 * struct params - one run
 * @seed: what all the rest follows from
 * @pair: which stack is on which side
 * @ipv6: the addresses on the wire
 * @mapped: that side's sockets are IPv6 sockets with v4-mapped addresses
 * @mtu: of the hosts' devices
 * @link_mtu: of the link between (it answers with ICMP), 0 = none
 * @offload: super-segments and partial checksums cross the link
 * @edge: edge-triggered epoll
 * @listen_any: the listener is bound to the wildcard address
 * @listen_port: the listener's port
 * @backlog: of listen()
 * @accept_pause_ns: the listener accepts nothing before
 * @listen_rcvbuf: SO_RCVBUF of the listener, inherited; 0 = default
 * @cc: congestion control by side, "" = default
 * @timestamps: net.ipv4.tcp_timestamps by side
 * @sack: net.ipv4.tcp_sack by side
 * @window_scaling: net.ipv4.tcp_window_scaling by side
 * @ecn: net.ipv4.tcp_ecn by side
 * @retries2: net.ipv4.tcp_retries2
 * @flow: the link, by sender
 * @cut: times without a link
 * @cuts: how many
 * @conn: the connections
 * @conns: how many
 */
struct params {
	__u64 seed;
	enum pair pair;
	bool ipv6;
	bool mapped[SIDES];
	unsigned int mtu;
	unsigned int link_mtu;
	bool offload;
	bool edge;
	bool listen_any;
	__u16 listen_port;
	int backlog;
	__u64 accept_pause_ns;
	unsigned int listen_rcvbuf;
	char cc[SIDES][PARAMS_CC_LEN];
	bool timestamps[SIDES];
	bool sack[SIDES];
	bool window_scaling[SIDES];
	int ecn[SIDES];
	int retries2;
	struct flow flow[SIDES];
	struct cut cut[PARAMS_CUTS_MAX];
	int cuts;
	struct conn_params conn[PARAMS_CONNS_MAX];
	int conns;
};

/* Streams of chance, see rng_seed(). Ends of connections use STREAM_END + 2 * connection + side. */
enum stream {
	STREAM_PARAMS,
	STREAM_LINK,
	STREAM_WORKLOAD = STREAM_LINK + SIDES,
	STREAM_END = 16,
	STREAM_BYTES = 64,
};

void params_draw(struct params *p, __u64 seed, enum pair pair);
void params_print(const struct params *p, FILE *out);
bool params_is_xtcp(const struct params *p, enum host side);
__u64 params_dead_at(const struct params *p);

#endif
