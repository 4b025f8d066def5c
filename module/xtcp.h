/* SPDX-License-Identifier: GPL-2.0 */
/*
 * XTCP: the objects every file shares, and the locking essay.
 *
 * LOCKING STRATEGY
 *
 * 1. The socket lock (lock_sock / bh_lock_sock) guards every field of struct xtcp_sock below "socket lock", and all
 *    of the embedded tcp_sock. Softirqs that find the socket owned by a process put segments on the backlog and note
 *    timer work in @deferred; release_sock() runs both (xtcp_input_backlog_rcv, xtcp_input_release_cb).
 * 2. A listener is never locked by the receive path. Its lookups run under RCU (SOCK_RCU_FREE), its SYN queue is
 *    struct xtcp_req objects, each with its own @lock, and its accept queue is guarded by @accept_lock. A listener's
 *    state leaves TCP_LISTEN under @accept_lock, so nothing is queued to a listener that is gone.
 * 3. struct xtcp_mini objects (requests and TIME-WAITs) live in a hash table, requests in SLAB_TYPESAFE_BY_RCU memory:
 *    lookups take a reference with refcount_inc_not_zero() and check the key again; insertion and removal take the
 *    bucket's lock. Whoever unlinks an object from its bucket owns what follows (its timer, its reference of the
 *    table).
 * 4. Established sockets are in the kernel's TCP ehash; that table's own locks guard it. The rule that a 4-tuple is
 *    looked up before it is entered is kept by @connect_lock of the netns (clients, SYN cookies, Fast Open) or by the
 *    request that is being completed (other servers, under the request's lock).
 * 5. The counters are per CPU and need no lock.
 *
 * Order: socket lock > request lock, connect_lock > child's socket lock > accept_lock, TIME-WAIT wheel lock >
 * hold_lock, bucket locks, the kernel's table locks. Two sockets' locks meet only where the second socket is a child
 * that no process knows yet: a listener's owner resets what waits on the accept queue. Documentation/locking.rst has
 * the rest.
 */
#ifndef XTCP_H
#define XTCP_H

#include <linux/hrtimer.h>
#include <linux/ipv6.h>
#include <linux/jump_label.h>
#include <linux/list_nulls.h>
#include <linux/llist.h>
#include <linux/net.h>
#include <linux/siphash.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/netns/generic.h>
#include <net/sock.h>
#include <net/tcp.h>
#include <uapi/linux/xtcp.h>

#include "xtcp/compat.h"
#include "core/accept.h"
#include "core/cong.h"
#include "core/cookie.h"
#include "core/delack.h"
#include "core/limit.h"
#include "core/options.h"
#include "core/plpmtu.h"
#include "core/rack.h"
#include "core/recovery.h"
#include "core/reply.h"
#include "core/rtt.h"
#include "core/segment.h"
#include "core/seq.h"
#include "core/step.h"
#include "core/tlp.h"
#include "core/undo.h"
#include "core/urgent.h"
#include "core/window.h"
#include "clock.h"
#include "ctl/control.h"
#include "ctl/mib.h"
#include "sock/part.h"

#define XTCP_ADVERTISED_MSS_MIN	88u	/* smallest send MSS ever used, bytes (against tiny-MSS attacks) */
#define XTCP_SYN_RETRIES_MAX	255
#define XTCP_MAX_OOO_SACKS	4
#define XTCP_TIME_WAIT_MS_MAX	600000
#define XTCP_TIMEOUT_MIN	2	/* jiffies: no bound on a timer may be shorter */

/**
 * struct xtcp_tuple - a connection's addresses, seen from here
 * @laddr: local address; IPv4 is v4-mapped
 * @raddr: remote address; IPv4 is v4-mapped
 * @lport: local port
 * @rport: remote port
 */
struct xtcp_tuple {
	struct in6_addr laddr;
	struct in6_addr raddr;
	__be16 lport;
	__be16 rport;
};

/** xtcp_tuple_is_v4() - do the packets of this connection travel over IPv4? */
static inline bool xtcp_tuple_is_v4(const struct xtcp_tuple *t)
{
	return ipv6_addr_v4mapped(&t->raddr);
}

/**
 * struct xtcp_cb - XTCP's part of skb->cb, on its own queues only (receive, out-of-order, send, retransmit)
 * @seq: first sequence number
 * @end_seq: the one after the last, SYN and FIN counted
 * @flags: XTCP_FIN ... (sent or received)
 * @state: XTCP_SKB_* of a sent segment (scoreboard)
 * @ack: received: SEG.ACK
 * @isn_floor: received SYN that may follow a TIME-WAIT: our ISN must not be earlier; 0 = any (set by ip/slot.c)
 * @hash: received, no connection has it: xtcp_demux_hash()
 * @ecn: received: the IP header's ECN field
 * @stamp_ack: sent: its ACK is to be timestamped (sock/tstamp.c)
 * @wnd: received: the window field, unscaled
 * @mss: sent: payload bytes per segment of this super-segment
 * @segs: sent: segments it is cut into
 * @tx: what a delivery-rate sample needs, taken at transmission
 */
struct xtcp_cb {
	u32 seq;
	u32 end_seq;
	u8 flags;
	u8 state;
	u8 ecn : 2;
	u8 stamp_ack : 1;
	union {
		u16 wnd;
		u16 mss;
	};
	u16 segs;
	union {
		struct {
			u32 ack;
			u32 isn_floor;
			u32 hash;
		} rx;
		struct {
			u32 delivered;
			u32 delivered_ce;
			u32 in_flight : 31;
			u32 app_limited : 1;
			u64 first_tx_us;
			u64 delivered_us;
		} tx;
	};
};

static_assert(sizeof(struct xtcp_cb) <= sizeof_field(struct sk_buff, cb));

#define XTCP_CB(skb)		((struct xtcp_cb *)&((skb)->cb[0]))

#define XTCP_SKB_SACKED		0x01	/* the peer has it, above SND.UNA */
#define XTCP_SKB_LOST		0x02	/* judged lost, not retransmitted since */
#define XTCP_SKB_RETRANS	0x04	/* the last retransmission is still in flight */
#define XTCP_SKB_EVER_RETRANS	0x08	/* was retransmitted at least once (Karn) */

/* enum xtcp_deferred - bits of sk_tsq_flags: work that met a socket owned by a process */
enum xtcp_deferred {
	XTCP_DEFER_RTX,
	XTCP_DEFER_DELACK,
	XTCP_DEFER_KEEP,
	XTCP_DEFER_TSQ,
	XTCP_DEFER_MTU,
	XTCP_DEFER_DUPACK,
	XTCP_TSQ_THROTTLED,	/* output stopped at the device queue limit */
	XTCP_TSQ_QUEUED,	/* on a CPU's resume list */
};

/* enum xtcp_rtx_mode - what the retransmission timer is running for */
enum xtcp_rtx_mode {
	XTCP_RTX_NONE,
	XTCP_RTX_RETRANS,	/* RFC 6298 retransmission time-out */
	XTCP_RTX_PROBE,		/* RFC 9293 3.8.6.1 zero-window probe */
	XTCP_RTX_TLP,		/* RFC 8985 7 tail loss probe */
	XTCP_RTX_REO,		/* RFC 8985 6 reordering window */
};

/* enum xtcp_fastopen_opt - the Fast Open option of connect()'s first SYN */
enum xtcp_fastopen_opt {
	XTCP_FASTOPEN_NONE,
	XTCP_FASTOPEN_ASK,
	XTCP_FASTOPEN_COOKIE_SENT,
};

/**
 * struct xtcp_sock - an AF_XTCP socket
 * @tp: must be first; congestion controls and tcp_get_info() read it, and it is kept true
 * @xn: our part of its namespace, which lives longer
 * @tx: what only a sender needs, or NULL (sock/part.h)
 * @rtx_at: when the retransmission timer is due, jiffies; it may run earlier, and finds that
 * @delack_at: until when at most an ACK is delayed, jiffies; its timer may run earlier, and finds that
 * @rtx_mode: enum xtcp_rtx_mode
 * @delack_waits: an ACK is being delayed
 * @v4: packets travel over IPv4 (an AF_INET socket, or AF_INET6 with a v4-mapped peer)
 * @client_port: the local port was chosen by connect() and is counted in xtcp_net.client_ports
 * @isn: ISS
 * @peer_isn: IRS
 * @time_wait_ms: length of TIME-WAIT, 0 = the netns's
 * @rto_max_us: upper bound of the RTO, us (TCP_RTO_MAX_MS); set by the user
 * @params_own: bits by XTCP_A_PARAM_*: the program has set it, no default or policy does
 * @params_policy: the same: the policy of this connection has; the next one begins without
 * @quickack: every segment is acknowledged at once
 * @defer_accept: TCP_DEFER_ACCEPT of a listener: SYN-ACKs after which it is told without data; softirqs read it
 * @fastopen_child: made of a SYN: usable in SYN-RECEIVED
 * @fin_rcvd: the peer's FIN was taken in order
 * @rto_us: current RTO without back-off, us (icsk_rto mirrors it in jiffies)
 * @last_ack_sent: RCV.NXT in the last segment sent (Last.ACK.sent)
 * @ato_us: smoothed time between data segments
 * @last_data_us: tcp_mstamp of the last data segment
 * @grown: bytes by which the window grew, each two of which one arriving is acknowledged at once: the sender may be in
 *	slow start
 * @fin_seq: its sequence number, if @fin_queued
 * @fed: until when (low half of jiffies) the last unsent buffer waits for the next page of a sendfile(); 0: it does not
 * @ack_dup: a duplicate ACK is owed; with SACK it may wait a little (rx/dupack.c)
 * @pingpong: interactive use: let data carry ACKs
 * @answered: text was answered by text at once, the last time that some arrived
 * @turns: how often that was done
 * @quick: quick-ack credits
 * @fin_queued: FIN is in the send queue or sent
 * @dupacks_sent: duplicate ACKs sent for @dupack_seq, up to those that are sent at once
 * @dupacks_held: held back since the last ACK
 * @dupack_seq: RCV.NXT they are for
 * @fastopen_option: enum xtcp_fastopen_opt
 * @fastopen_used: this connect() takes part in Fast Open
 * @ack_now: an ACK must leave before the segment handler returns
 * @init_cwnd: initial window in segments, 0 = the route's or the netns's
 * @policy: number of the policy that was applied, or 0
 * @why_rx: what the receiver waits for, enum xtcp_limit_kind
 * @why_reason: why the connection ends, enum xtcp_reason; 0: not known
 * @accept_node: on the parent's accept queue
 * @listen: listener part, or NULL (sock/part.h)
 *
 * Its size is what an idle connection costs. Fields of the kernel's that mean the same to its TCP are used as they are:
 * the timers (timer.c), sk_tsq_flags for enum xtcp_deferred (atomic), tp.tsq_node, tp.rtt_min, the SACK blocks to
 * report (xtcp_sacks()), and tp.fastopen_req for what sendmsg() wants to send with the SYN. One that means nothing here
 * has more of ours: struct xtcp_spare.
 */
struct xtcp_sock {
	struct tcp_sock tp;

	/* constant */
	struct xtcp_net *xn;

	/* socket lock: sending; outlives the connection */
	struct xtcp_sender *tx;

	/* socket lock: timers */
	u32 rtx_at;		/* jiffies */
	u32 delack_at;		/* jiffies */
	u8 rtx_mode;
	bool delack_waits;
	/* tp.pacing_timer: next departure when sk_pacing_status asks for pacing without fq */
	/* tp.compressed_ack_timer: sends a duplicate ACK that was held back */

	/* socket lock: constant once connected */
	bool v4;
	bool client_port;
	u32 isn;
	u32 peer_isn;

	/* socket lock: set by the user, kept from one connection to the next */
	u32 time_wait_ms;
	u32 rto_max_us;
	u16 params_own;
	u16 params_policy;
	bool quickack;
	u8 defer_accept;

	/* socket lock: the connection's, from here to accept_node; the first two are read without it, too */
	bool fastopen_child;
	bool fin_rcvd;
	u32 rto_us;
	u32 last_ack_sent;
	u32 ato_us;
	u64 last_data_us;
	u32 grown;
	u32 fin_seq;
	u16 fed;		/* jiffies */
	bool ack_dup;
	bool pingpong;
	bool answered;
	u8 turns;
	u8 quick;
	bool fin_queued;
	u8 dupacks_sent;
	u8 fastopen_option;
	bool fastopen_used;
	bool ack_now;
	u32 dupacks_held;
	u32 dupack_seq;

	/* socket lock: settings of the connection (ctl/) */
	u32 init_cwnd;
	u32 policy;

	/* socket lock: observation, with struct xtcp_why (ctl/) */
	u8 why_rx;
	u8 why_reason;

	/* the parent's accept_lock */
	struct list_head accept_node;

	struct xtcp_listen *listen;
};

/** struct xtcp6_sock - the same for sockets opened as IPv6; inet6 must be last for kernels that look there */
struct xtcp6_sock {
	struct xtcp_sock xs;
	struct ipv6_pinfo inet6;
};

static inline struct xtcp_sock *xtcp_sk(const struct sock *sk)
{
	return (struct xtcp_sock *)sk;
}

/**
 * struct xtcp_spare - fields of ours that lie in icsk_accept_queue, so that a socket is smaller by them
 * @unsent: see xtcp_unsent(); outlives the connection
 * @why: where the time goes; the connection's
 * @fastopen_listener: where the connection counts as pending, with a reference
 *
 * The kernel looks there for what waits at a listener of its own TCP, and is never asked about a socket of ours: ours
 * are not in its table of listeners, and their queues are in struct xtcp_listen. Socket lock.
 */
struct xtcp_spare {
	struct sk_buff_head unsent;
	struct xtcp_why why;
	struct sock *fastopen_listener;
};

static_assert(sizeof(struct xtcp_spare) <= sizeof_field(struct inet_connection_sock, icsk_accept_queue));
static_assert(offsetof(struct inet_connection_sock, icsk_accept_queue) % __alignof__(struct xtcp_spare) == 0);

static inline struct xtcp_spare *xtcp_spare(const struct sock *sk)
{
	return (struct xtcp_spare *)&inet_csk(sk)->icsk_accept_queue;
}

/**
 * xtcp_unsent() - data that was never sent
 *
 * Not sk_write_queue: the kernel takes what is there for its own TCP's, and sends it when a BPF program sets
 * TCP_NODELAY.
 */
static inline struct sk_buff_head *xtcp_unsent(const struct sock *sk)
{
	return &xtcp_spare(sk)->unsent;
}

/** xtcp_why() - where the connection's time goes */
static inline struct xtcp_why *xtcp_why(const struct sock *sk)
{
	return &xtcp_spare(sk)->why;
}

/** xtcp_sender_get() - the connection is about to queue text or FIN: has it the part that this takes? Socket lock */
static inline bool xtcp_sender_get(struct sock *sk, gfp_t gfp)
{
	return likely(xtcp_sk(sk)->tx) || xtcp_part_make_sender(sk, gfp);
}

/** xtcp_sacks() - the blocks to report, most recent first, tp->rx_opt.num_sacks of them (RFC 2018) */
static inline struct xtcp_sack *xtcp_sacks(struct xtcp_sock *xs)
{
	return (struct xtcp_sack *)xs->tp.selective_acks;
}

/** xtcp_dsack() - the duplicate to report in the next ACK, if its start is not its end (RFC 2883) */
static inline struct xtcp_sack *xtcp_dsack(struct xtcp_sock *xs)
{
	return (struct xtcp_sack *)xs->tp.duplicate_sack;
}

static_assert(sizeof_field(struct tcp_sock, selective_acks) == XTCP_MAX_OOO_SACKS * sizeof(struct xtcp_sack));
static_assert(offsetof(struct tcp_sack_block, start_seq) == offsetof(struct xtcp_sack, start));
static_assert(offsetof(struct tcp_sack_block, end_seq) == offsetof(struct xtcp_sack, end));

/** xtcp_opening() - is the handshake under way, and nothing to be sent or read before it ends? */
static inline bool xtcp_opening(const struct sock *sk)
{
	u8 state = READ_ONCE(sk->sk_state);

	return state == TCP_SYN_SENT || (state == TCP_SYN_RECV && !READ_ONCE(xtcp_sk(sk)->fastopen_child));
}

/** xtcp_readable() - bytes of the stream that wait for the reader (a FIN takes a sequence number but is no byte) */
static inline int xtcp_readable(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);

	return READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq) - READ_ONCE(xtcp_sk(sk)->fin_rcvd);
}

/* enum xtcp_mini_kind - what a struct xtcp_mini is the head of */
enum xtcp_mini_kind {
	XTCP_MINI_REQ,
	XTCP_MINI_TW,
};

/**
 * struct xtcp_mini - a connection too small for a socket: head of struct xtcp_req and struct xtcp_tw
 * @node: in the table of minis
 * @net: its network namespace (no reference: pernet exit empties the table)
 * @tuple: its addresses
 * @hash: of net and @tuple
 * @ifindex: device it is bound to, or 0
 * @refs: the table holds one while @node is linked, each user one
 * @kind: enum xtcp_mini_kind, constant
 * @tos: TOS / traffic class of what we send
 * @wscale: our shift count
 */
struct xtcp_mini {
	struct hlist_nulls_node node;
	possible_net_t net;
	struct xtcp_tuple tuple;
	u32 hash;
	int ifindex;
	refcount_t refs;
	u8 kind;
	u8 tos;
	u8 wscale;
};

/**
 * struct xtcp_mini_key - a place within a bucket of minis, whose order is by these
 * @tuple: addresses
 * @ifindex: device
 * @started: false: before the first
 */
struct xtcp_mini_key {
	struct xtcp_tuple tuple;
	int ifindex;
	bool started;
};

/**
 * struct xtcp_req - a connection request in SYN-RECEIVED (passive open)
 * @m: must be first
 * @listener: holds a reference
 * @lock: serializes segments and the timer; taken in softirq
 * @timer: SYN-ACK retransmission
 * @isn: ISS
 * @peer_isn: IRS
 * @opt: the SYN's options
 * @ts_recent: TSval of the last acceptable segment
 * @ts_offset: added to our timestamp clock
 * @sent_us: when the SYN-ACK left first, for the RTT sample; 0: not known (a cookie)
 * @rcv_wnd: window offered in the SYN-ACK, bytes
 * @peer_wnd: window field of the SYN, unscaled
 * @mark: routing mark
 * @iif: interface the SYN came in by
 * @answered_at: tcp_jiffies32 of the last answer to something unacceptable, or 0
 * @retrans: SYN-ACK retransmissions so far
 * @tstamp_ok: timestamps agreed
 * @sack_ok: SACK agreed
 * @wscale_ok: window scaling agreed
 * @ecn_ok: ECN agreed
 * @fastopen: the SYN-ACK brings a Fast Open cookie
 * @saved_syn: TCP_SAVE_SYN: headers of the SYN, or NULL
 */
struct xtcp_req {
	struct xtcp_mini m;
	struct sock *listener;
	spinlock_t lock;		/* segments against the timer */
	struct timer_list timer;
	u32 isn;
	u32 peer_isn;
	struct xtcp_options opt;
	u32 ts_recent;
	u32 ts_offset;
	u64 sent_us;
	u32 rcv_wnd;
	u32 mark;
	int iif;
	u32 answered_at;
	u16 peer_wnd;
	u8 retrans;
	bool tstamp_ok;
	bool sack_ok;
	bool wscale_ok;
	bool ecn_ok;
	bool fastopen;
	struct saved_syn *saved_syn;
};

struct xtcp_port_hold;
struct xtcp_port_count;
struct xtcp_fastopen_entry;
struct net_protocol;
struct inet6_protocol;

/**
 * struct xtcp_tw - a connection in TIME-WAIT
 * @m: must be first
 * @wheel: in its slot of the netns's wheel (wheel lock)
 * @rcu: readers that stand on it; it is off the wheel then
 * @expires: jiffies (low 32 bits)
 * @snd_nxt: SND.NXT
 * @hold: keeps the local port taken in the kernel's bind table, shared by all TIME-WAITs of one address and port; NULL
 *	if @client_port
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND, bytes
 * @ts_recent: RFC 7323 TS.Recent
 * @ts_stamp_s: second at which @ts_recent was taken
 * @ts_offset: added to our timestamp clock
 * @mark: routing mark of replies
 * @ts_ok: timestamps agreed
 * @client_port: connect() had chosen the local port; counted in xtcp_net.client_ports
 * @reuse: the socket had SO_REUSEADDR
 * @reuseport: the socket had SO_REUSEPORT
 * @v6only: the socket had IPV6_V6ONLY
 * @time_wait_ms: how long TIME-WAIT proper lasts
 * @reply_s: second of the last answer, low byte
 * @replies: answers in that second
 * @fin_wait2: the peer's FIN is still to come: FIN-WAIT-2 of an orphan
 */
struct xtcp_tw {
	struct xtcp_mini m;
	union {
		struct hlist_node wheel;
		struct rcu_head rcu;
	};
	u32 expires;
	u32 snd_nxt;
	struct xtcp_port_hold *hold;
	u32 rcv_nxt;
	u32 rcv_wnd;
	u32 ts_recent;
	u32 ts_stamp_s;
	u32 ts_offset;
	u32 mark;
	u32 time_wait_ms;
	u8 reply_s;
	u8 replies;
	u8 ts_ok : 1;
	u8 client_port : 1;
	u8 reuse : 1;
	u8 reuseport : 1;
	u8 v6only : 1;
	bool fin_wait2;
};

#define XTCP_TW_SLOTS		1024u
#define XTCP_TW_TICK_MS		64u

struct xtcp_ctl;

/**
 * struct xtcp_net - XTCP in one network namespace
 * @mib: counters
 * @ctl4: control socket for replies without a connection, IPv4
 * @ctl6: the same for IPv6, NULL if the machine has none
 * @connect_lock: makes "4-tuple is free" and "enter it" one step for connect()
 * @client_ports: per local port, how many connect()ed sockets and their TIME-WAITs use it (port.c); allocated at first
 *	use
 * @port_step: moves the start of connect()'s search for a port on
 * @sockets: full sockets alive
 * @requests: requests alive
 * @listeners: sockets in the table of listeners (demux.c)
 * @challenge: RFC 5961 limit, guarded by @reply_lock
 * @challenge_most: the limit of this second
 * @tw_lock: guards the wheel
 * @tw_slots: TIME-WAITs by time of expiry
 * @tw_timer: ticks while @tw_count > 0
 * @tw_count: TIME-WAITs alive
 * @fastopen: what is known of servers (conn/fastopen.c), allocated at first use
 * @fastopen_lock: guards its entries
 * @cong: algorithms borrowed from the kernel (borrow.c)
 * @cong_lock: guards @cong
 * @time_wait_ms: net.xtcp.time_wait_ms
 * @time_wait_max: net.xtcp.time_wait_max
 * @sysctl: registration
 * @proc: /proc/net/xtcp of this netns
 * @knobs: the rest of net.xtcp
 * @ctl: what the control plane keeps (ctl/ctl.h)
 */
struct xtcp_net {
	struct xtcp_mib __percpu *mib;
	struct sock *ctl4;
	struct sock *ctl6;

	spinlock_t connect_lock;	/* 4-tuple free -> entered */
	struct xtcp_port_count *client_ports;
	atomic_t port_step;

	atomic_t sockets;
	atomic_t requests;
	atomic_t listeners;

	spinlock_t reply_lock;		/* challenge, challenge_most */
	struct xtcp_budget challenge;
	u32 challenge_most;

	spinlock_t tw_lock;		/* the wheel */
	struct hlist_head *tw_slots;
	struct timer_list tw_timer;
	u32 tw_tick;
	unsigned int tw_count;

	spinlock_t hold_lock;		/* holds, client_ports */
	struct hlist_head holds[1024];

	struct xtcp_fastopen_entry *fastopen;
	spinlock_t fastopen_lock;	/* entries of fastopen */

	struct list_head cong;
	spinlock_t cong_lock;		/* writers of cong */

	unsigned int time_wait_ms;
	unsigned int time_wait_max;
	struct ctl_table_header *sysctl;
	struct proc_dir_entry *proc;
	struct xtcp_knobs knobs;
	struct xtcp_ctl *ctl;
	struct xtcp_law_params law;	/* written under params.c's mutex, read as they are */
	struct ctl_table_header *law_sysctl;
};

extern unsigned int xtcp_net_id;
extern struct proto xtcp_prot, xtcp6_prot;

/** xtcp_net() - our part of a network namespace; valid from its init to its exit */
static inline struct xtcp_net *xtcp_net(const struct net *net)
{
	return net_generic(net, xtcp_net_id);
}

/** xtcp_sk_net() - the same by a socket of ours, cheaper: it knows */
static inline struct xtcp_net *xtcp_sk_net(const struct sock *sk)
{
	return xtcp_sk(sk)->xn;
}

/** xtcp_is_ours() - is this full socket, found in the kernel's table, an XTCP one? */
static inline bool xtcp_is_ours(const struct sock *sk)
{
	return sk_fullsock(sk) && (sk->sk_prot == &xtcp_prot || sk->sk_prot == &xtcp6_prot);
}

/** xtcp_default_mss() - RFC 9293 3.7.1: the peer's MSS if it does not say, bytes */
static inline u16 xtcp_default_mss(bool v4)
{
	return v4 ? 536 : 1220;
}

/* ------------------------------------------------------------ sock/family.c */

int xtcp_family_register(void);
void xtcp_family_unregister(void);
int xtcp_family_protos_register(void);		/* proto_register() of both, pointers copied from tcp_prot first */
void xtcp_family_protos_unregister(void);
/* the kernel's proto of the same address family: its hash, unhash and put_port are borrowed */
const struct proto *xtcp_family_kernel_prot(const struct sock *sk);
/* fix up what sk_clone_lock() copied: pinet6, inet flags; called for a new child */
void xtcp_family_child_init(struct sock *child, const struct sock *listener, const struct xtcp_tuple *t);
void xtcp_family_child_latch(struct sock *child, const struct sk_buff *skb);	/* what IP_PKTOPTIONS tells */
void xtcp_family_reset_saddr(struct sock *sk);	/* back to the wildcard address; bind table kept true */
/* proto.connect, both families */
int xtcp_family_connect(struct sock *sk, struct xtcp_compat_sockaddr *uaddr, int addr_len);

/* ------------------------------------------------------------ sock/ */

int xtcp_sock_init(struct sock *sk);		/* proto.init */
void xtcp_sock_init_fields(struct sock *sk);	/* what a new socket and a reused one share */
void xtcp_sock_destroy(struct sock *sk);	/* proto.destroy */
int xtcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size);
int xtcp_sendmsg_locked(struct sock *sk, struct msghdr *msg, size_t size);
int xtcp_sendpage(struct sock *sk, struct page *page, int offset, size_t size, int flags);
int xtcp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len, int flags, int *addr_len);
ssize_t xtcp_splice_read(struct socket *sock, loff_t *ppos, struct pipe_inode_info *pipe, size_t len,
			 unsigned int flags);
int xtcp_recvmsg_peek_off(struct sock *sk, int bytes);	/* proto_ops.set_peek_off: SO_PEEK_OFF */
void xtcp_recvmsg_consumed(struct sock *sk, int copied);	/* free what was read, open the window */
void xtcp_recvmsg_window_update(struct sock *sk, int copied);	/* after the reader made room */
__poll_t xtcp_poll(struct file *file, struct socket *sock, poll_table *wait);
int xtcp_ioctl(struct sock *sk, int cmd, int *val);
int xtcp_sockopt_rcvlowat(struct sock *sk, int bytes);	/* proto_ops.set_rcvlowat: SO_RCVLOWAT */
int xtcp_setsockopt(struct sock *sk, int level, int optname, sockptr_t optval, unsigned int optlen);
int xtcp_getsockopt(struct sock *sk, int level, int optname, char __user *optval, int __user *optlen);
struct ubuf_info *xtcp_zerocopy_begin(struct sock *sk, struct msghdr *msg, size_t size);
bool xtcp_zerocopy_fits(const struct sk_buff *skb, const struct ubuf_info *uarg);
int xtcp_zerocopy_add(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want, struct ubuf_info *uarg);
int xtcp_zcrecv_mmap(struct file *file, struct socket *sock, struct vm_area_struct *vma);	/* proto_ops.mmap */
int xtcp_zcrecv_get(struct sock *sk, char __user *optval, int __user *optlen);	/* TCP_ZEROCOPY_RECEIVE */
void xtcp_tstamp_sent(struct sock *sk, u16 tsflags);
void xtcp_tstamp_split(struct sk_buff *skb, struct sk_buff *tail);
void xtcp_tstamp_acked(struct sock *sk, struct sk_buff *skb, u32 prior_una);
bool xtcp_tstamp_wanted(const struct sock *sk);
void xtcp_tstamp_coalesced(struct sk_buff *to, const struct sk_buff *skb);
void xtcp_tstamp_read(const struct sk_buff *skb, struct scm_timestamping_internal *ts);
void xtcp_tstamp_report(struct msghdr *msg, const struct sock *sk, struct scm_timestamping_internal *ts);
void xtcp_errqueue_icmp(struct sock *sk, const struct sk_buff *skb, int err, u32 info, unsigned int offset);
int xtcp_lsm_request(struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t);	/* LSMs judge a SYN */
void xtcp_savesyn_keep(struct xtcp_req *req, const struct sk_buff *skb);
void xtcp_savesyn_inherit(struct sock *child, struct xtcp_req *req);
int xtcp_savesyn_get(struct sock *sk, char __user *optval, int __user *optlen);
void xtcp_memcg_accept(struct sock *sk);		/* an accepted connection is its process's */
int xtcp_reuseport_join(struct sock *sk, const struct hlist_nulls_head *chain);	/* a listener of a SO_REUSEPORT group */
struct sock *xtcp_reuseport_select(struct sock *sk, struct sk_buff *skb, u32 hash);
void xtcp_mem_force(struct sock *sk, int size);	/* charge without asking the limit */
bool xtcp_mem_stream_free(const struct sock *sk, int wake);	/* proto.stream_memory_free */
void xtcp_mem_sndbuf_grow(struct sock *sk);
void xtcp_mem_rcvbuf_init(struct sock *sk);		/* at establishment */
void xtcp_mem_rcv_rtt(struct sock *sk, u32 tsecr_rtt_us, unsigned int len);
void xtcp_mem_rcvbuf_adjust(struct sock *sk);		/* the reader copied: dynamic right-sizing */
int xtcp_mem_rcv_charge(struct sock *sk, struct sk_buff *skb);	/* room for a segment? 0 or -ENOMEM */
void xtcp_mem_write_space(struct sock *sk);		/* sk_write_space */
void xtcp_mem_check_space(struct sock *sk);		/* wake writers after an ACK */

void xtcp_sendmsg_fill(struct sock *sk, struct sk_buff *skb, struct msghdr *msg, u32 want);

void xtcp_urgent_rcv(struct sock *sk, struct sk_buff *skb);
void xtcp_urgent_sent(struct sock *sk);
bool xtcp_urgent_at_mark(const struct sock *sk);
int xtcp_urgent_readable(const struct sock *sk);		/* bytes up to the mark or the end */
u32 xtcp_urgent_limit(const struct sock *sk, u32 seq, u32 len, bool *skip);
void xtcp_urgent_passed(struct sock *sk);
int xtcp_urgent_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags);

/* ------------------------------------------------------------ conn/ */

void xtcp_state_set(struct sock *sk, int state);	/* the only place that changes sk_state */
void xtcp_state_after_ack(struct sock *sk);		/* our FIN acknowledged? a handler per state */
void xtcp_state_fin(struct sock *sk);			/* the peer's FIN was taken in order */
void xtcp_state_retire(struct sock *sk);			/* FIN-WAIT-2 of an orphan needs no socket */
bool xtcp_state_wants_data(const struct sock *sk);

int xtcp_connect_start(struct sock *sk);		/* address and port are set: send SYN */
int xtcp_connect_rcv(struct sock *sk, struct sk_buff *skb, struct xtcp_options *o);	/* segment in SYN-SENT */
void xtcp_connect_finish(struct sock *sk);		/* becomes ESTABLISHED (active or simultaneous open) */
void xtcp_connect_established(struct sock *sk);		/* what every new connection does, child or client */
void xtcp_connect_fill_tuple(const struct sock *sk, struct xtcp_tuple *t);
u32 xtcp_connect_isn(struct net *net, const struct xtcp_tuple *t);
u32 xtcp_connect_ts_offset(struct net *net, const struct xtcp_tuple *t);
u32 xtcp_connect_hash(const struct xtcp_tuple *t, u32 salt);	/* keyed */
void xtcp_connect_rcv_wnd_init(const struct sock *sk, int space, u32 mss, bool wscale_ok, u32 *rcv_wnd, u8 *wscale);

int xtcp_listen_start(struct socket *sock, int backlog);	/* proto_ops.listen */
struct sock *xtcp_listen_accept(struct sock *sk, int flags, int *err, bool kern);	/* proto.accept */
void xtcp_listen_stop(struct sock *sk);			/* leave LISTEN: abort queued children and requests */
int xtcp_listen_rcv(struct sock *listener, struct sk_buff *skb, struct xtcp_tuple *t);	/* softirq, unlocked */
bool xtcp_listen_add(struct sock *listener, struct sock *child);

int xtcp_req_init(void);
void xtcp_req_exit(void);
/* softirq; consumes skb and the caller's reference */
void xtcp_req_rcv(struct xtcp_req *req, struct sk_buff *skb);
void xtcp_req_syn(struct sock *listener, struct sk_buff *skb, struct xtcp_tuple *t, struct xtcp_options *o);
void xtcp_req_flush(struct net *net, struct sock *listener);	/* listener NULL: all of the netns */
void xtcp_req_err(struct xtcp_req *req, u32 seq);
void xtcp_req_abort(struct xtcp_req *req);
void xtcp_req_free(struct xtcp_mini *m);
void xtcp_req_fill(struct xtcp_req *req, struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
		   u32 peer_isn, u32 isn);
u32 xtcp_listen_cookie_make(struct net *net, const struct xtcp_tuple *t, u32 peer_isn, u16 mss, u16 *mss_out);
struct sock *xtcp_child_create(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb);
void xtcp_child_deliver(struct sock *listener, struct sock *child, struct sk_buff *skb);
void xtcp_child_from_cookie(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb);

struct sock *xtcp_child_create_early(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb);

bool xtcp_fastopen_judge(struct sock *listener, const struct xtcp_cb *cb, const struct xtcp_tuple *t,
			 const struct xtcp_options *o, bool *give);
bool xtcp_fastopen_open(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb);
void xtcp_fastopen_give(const struct sock *listener, const struct xtcp_tuple *t, struct xtcp_options *o);
void xtcp_fastopen_settled(struct sock *child);
int xtcp_fastopen_set_keys(struct sock *sk, const u8 *bytes, unsigned int len);
unsigned int xtcp_fastopen_get_keys(const struct sock *sk, u8 *bytes);
void xtcp_fastopen_destroy(struct sock *sk);
void xtcp_fastopen_option(struct sock *sk, struct xtcp_options *o);
bool xtcp_fastopen_wanted(struct sock *sk);
u32 xtcp_fastopen_space(struct sock *sk);
void xtcp_fastopen_answered(struct sock *sk, u32 ack, const struct xtcp_options *o);
int xtcp_fastopen_sendmsg(struct sock *sk, struct msghdr *msg, size_t size, size_t *copied);
void xtcp_fastopen_net_exit(struct net *net);

void xtcp_close(struct sock *sk, long timeout);		/* proto.close */
extern unsigned int __percpu *xtcp_orphans;		/* how many, by CPU */
void xtcp_close_shutdown(struct sock *sk, int how);	/* proto.shutdown */
int xtcp_close_disconnect(struct sock *sk, int flags);	/* proto.disconnect */
void xtcp_close_done(struct sock *sk);			/* connection over: state CLOSE, wake or destroy */
void xtcp_close_reset(struct sock *sk, int err);	/* report @err and be done (RST received, time-out) */
void xtcp_close_abort(struct sock *sk, int err);	/* the same, sending a RST first */
void xtcp_close_destroy(struct sock *sk);		/* last step of a dead socket */
bool xtcp_close_crowded(struct sock *sk);		/* too many orphans, no memory: true if this one was reset */
bool xtcp_close_state(struct sock *sk);			/* user closed: next state; true if FIN is to be sent */

void xtcp_timer_init(struct sock *sk);
void xtcp_timer_clear(struct sock *sk);
void xtcp_timer_rtx_start(struct sock *sk, enum xtcp_rtx_mode mode, u32 us);
void xtcp_timer_rtx_rearm(struct sock *sk);		/* news from the peer: RTO, probe or reordering time anew */
void xtcp_timer_rtx_sent(struct sock *sk);		/* new data left */
u32 xtcp_timer_rto_min_us(const struct sock *sk);
void xtcp_timer_rtx_stop(struct sock *sk);
void xtcp_timer_delack_start(struct sock *sk, u32 us);
void xtcp_timer_delack_stop(struct sock *sk);
void xtcp_timer_keep_start(struct sock *sk, unsigned long delta);
void xtcp_timer_keep_stop(struct sock *sk);
void xtcp_timer_set_keepalive(struct sock *sk, int on);	/* proto.keepalive */
void xtcp_timer_deferred(struct sock *sk, unsigned long work);

/* ------------------------------------------------------------ tx/ */

struct sk_buff *xtcp_queue_alloc(struct sock *sk, gfp_t gfp);	/* an empty data skb, charged */
struct sk_buff *xtcp_queue_alloc_forced(struct sock *sk, gfp_t gfp);
void xtcp_queue_free(struct sock *sk, struct sk_buff *skb);
void xtcp_queue_append(struct sock *sk, struct sk_buff *skb);	/* to the unsent end */
int xtcp_queue_split(struct sock *sk, struct sk_buff *skb, u32 len, bool sent, gfp_t gfp);
void xtcp_queue_purge(struct sock *sk);
int xtcp_queue_fin(struct sock *sk);
void xtcp_queue_set_segs(struct sk_buff *skb, u32 mss);
void xtcp_queue_sent(struct sock *sk, struct sk_buff *skb);	/* unsent queue -> retransmit queue */
struct sk_buff *xtcp_queue_find(struct sock *sk, u32 seq);	/* sent skb that covers @seq, or the next one */
void xtcp_queue_acked(struct sock *sk, struct sk_buff *skb);	/* unlink a sent skb and free it */

void xtcp_output_push(struct sock *sk, bool force);	/* send what may be sent; force: push a small tail (no Nagle) */
void xtcp_output_push_pending(struct sock *sk);		/* the same if anything waits */
int xtcp_output_transmit(struct sock *sk, struct sk_buff *skb, bool retrans, gfp_t gfp);	/* one queued skb */
int xtcp_output_control(struct sock *sk, u8 flags, u32 seq, gfp_t gfp);	/* a segment without payload, sent once */
unsigned int xtcp_output_mss(struct sock *sk);		/* current effective MSS, updates tp->mss_cache */
void xtcp_output_sync_mss(struct sock *sk, u32 pmtu);
u32 xtcp_output_advertised_wnd(struct sock *sk);	/* chooses and records RCV.WND; returns the field's value */
u32 xtcp_output_would_advertise(struct sock *sk);	/* bytes, without recording */
int xtcp_output_syn_text(struct sock *sk, struct sk_buff *syn, struct sk_buff *text);
void xtcp_output_tsq_init(void);
void xtcp_output_tsq_exit(void);
void xtcp_output_tsq_resume(struct sock *sk);

void xtcp_control_ack(struct sock *sk);			/* a pure ACK now */
bool xtcp_control_answered(struct net *net, u32 last);
void xtcp_control_challenge(struct sock *sk);		/* RFC 5961, rate-limited */
/* answer to an unacceptable segment, rate-limited unless it carried data */
void xtcp_control_dup_ack(struct sock *sk, const struct sk_buff *skb);
void xtcp_control_reset(struct sock *sk, gfp_t gfp);	/* active RST */
int xtcp_control_syn(struct sock *sk);			/* first SYN of connect() */
int xtcp_control_synack(struct sock *sk);		/* simultaneous open, or again */
int xtcp_control_synack_first(struct sock *sk);		/* a Fast Open child's */
void xtcp_control_probe(struct sock *sk);		/* zero-window or keepalive probe: old byte, no data */
int xtcp_control_wakeup(struct sock *sk);		/* zero-window probe; sends data if the window is open */
int xtcp_control_req_synack(struct xtcp_req *req, u32 isn, u32 ts);
void xtcp_control_stateless_ack(struct xtcp_mini *m, u32 seq, u32 ack, u32 wnd, const struct xtcp_options *o, u8 tos,
				u32 mark);
void xtcp_control_stateless_reset(struct net *net, struct sk_buff *skb, const struct xtcp_tuple *t, int ifindex);

void xtcp_retransmit_mark_lost(struct sock *sk, struct sk_buff *skb);
void xtcp_retransmit_all_lost(struct sock *sk);		/* RTO: everything un-SACKed is lost */
void xtcp_retransmit_push(struct sock *sk);		/* resend what is marked lost, as cwnd allows */
int xtcp_retransmit_skb(struct sock *sk, struct sk_buff *skb);
void xtcp_retransmit_uncounted(struct sock *sk);
void xtcp_retransmit_timeout(struct sock *sk);		/* RTO expired */

void xtcp_probe_send(struct sock *sk);			/* tail loss probe */

void xtcp_mtuprobe_init(struct sock *sk);
u32 xtcp_mtuprobe_limit(const struct sock *sk, u32 pmtu);
u32 xtcp_mtuprobe_try(struct sock *sk, const struct sk_buff *skb, u32 quota);
void xtcp_mtuprobe_sent(struct sock *sk, u32 seq, u32 len);
bool xtcp_mtuprobe_ack(struct sock *sk);
void xtcp_mtuprobe_black_hole(struct sock *sk);

void xtcp_pace_init(struct sock *sk);
bool xtcp_pace_blocked(struct sock *sk);		/* true: the pacing timer will resume output */
void xtcp_pace_sent(struct sock *sk, struct sk_buff *skb, u64 prior_ns);
void xtcp_pace_stop(struct sock *sk);
void xtcp_pace_rate_update(struct sock *sk);

/* ------------------------------------------------------------ rx/ */

void xtcp_input_fill_cb(struct sk_buff *skb);		/* header -> XTCP_CB */
void xtcp_input_segment(struct sock *sk, struct sk_buff *skb);	/* socket lock held; consumes skb */
void xtcp_input_deliver(struct sock *sk, struct sk_buff *skb);	/* softirq: process or put on the backlog */
int xtcp_input_backlog_rcv(struct sock *sk, struct sk_buff *skb);
void xtcp_input_release_cb(struct sock *sk);

bool xtcp_ack_rcv(struct sock *sk, struct sk_buff *skb, const struct xtcp_options *o);	/* false: drop the segment */
void xtcp_ack_rtt(struct sock *sk, s64 rtt_us);
void xtcp_ack_syn_text(struct sock *sk, u32 ack);	/* the SYN-ACK took text, too */
bool xtcp_loss_uses_rack(const struct sock *sk);
u32 xtcp_loss_by_time(struct sock *sk);			/* RACK: marks; us to wait for more */
void xtcp_loss_on_timeout(struct sock *sk);
void xtcp_recover_cwr(struct sock *sk, u32 in_flight);	/* reduce cwnd without a loss */
void xtcp_recover_overdue(struct sock *sk);		/* the reordering timer expired */
void xtcp_recover_timeout(struct sock *sk);		/* the retransmission timer did: enter loss */
void xtcp_rate_sent(struct sock *sk, struct sk_buff *skb);
void xtcp_rate_delivered(struct sock *sk, struct sk_buff *skb, struct rate_sample *rs);
void xtcp_rate_generate(struct sock *sk, u32 delivered, u32 lost, struct rate_sample *rs);
void xtcp_rate_app_limited(struct sock *sk);

void xtcp_data_rcv(struct sock *sk, struct sk_buff *skb);	/* text and FIN; consumes skb */
void xtcp_data_rcv_syn(struct sock *sk, struct sk_buff *skb);	/* text of a SYN; consumes skb */
void xtcp_data_ack(struct sock *sk);			/* decide on an ACK now, later, or never */
void xtcp_data_purge(struct sock *sk);
void xtcp_data_ooo_purge(struct sock *sk);
bool xtcp_data_prune(struct sock *sk);
void xtcp_dupack_init(struct sock *sk);
bool xtcp_dupack_hold(struct sock *sk);			/* text out of order: may its ACK wait? */
void xtcp_dupack_sent(struct sock *sk);
void xtcp_dupack_stop(struct sock *sk);
void xtcp_dupack_deferred(struct sock *sk);
bool xtcp_collapse(struct sock *sk);			/* copy small segments together */
void xtcp_data_dsack(struct sock *sk, u32 start, u32 end);
void xtcp_data_trim_sacks(struct sock *sk);		/* RCV.NXT moved */

/* ------------------------------------------------------------ ip/ */

int xtcp_slot_register(void);				/* replace the handlers of IP protocol 6 */
int xtcp_slot_unregister(void);
void xtcp_slot_catch_up(void);				/* after xtcp_demux_pass_end() */
void xtcp_slot_get(void);				/* a socket that can receive exists: switch the slot on */
void xtcp_slot_put(void);

int xtcp_demux_init(void);
void xtcp_demux_exit(void);
void xtcp_demux_net_exit(struct net *net);
u32 xtcp_demux_hash(const struct net *net, const struct xtcp_tuple *t);
struct xtcp_mini *xtcp_demux_find_mini(struct net *net, const struct xtcp_tuple *t, u32 hash, int ifindex, int sdif);
bool xtcp_demux_insert_mini(struct xtcp_mini *m);	/* false: the 4-tuple is taken */
bool xtcp_demux_any_tw(struct net *net, __be16 lport, bool (*fn)(const struct xtcp_tw *tw, const void *arg),
		       const void *arg);
bool xtcp_demux_remove_mini(struct xtcp_mini *m);	/* true: table's reference is the caller's now */
void xtcp_demux_put_mini(struct xtcp_mini *m);		/* drop a reference */
void xtcp_demux_each_mini(struct net *net, enum xtcp_mini_kind kind, void (*fn)(struct xtcp_mini *m, void *arg),
			  void *arg);
struct sock *xtcp_demux_find_conn(struct net *net, const struct xtcp_tuple *t, int ifindex, int sdif);	/* any */
bool xtcp_demux_kernel_listens(struct net *net, const struct xtcp_tuple *t, int ifindex, int sdif);
struct sock *xtcp_demux_find_listener(struct net *net, const struct xtcp_tuple *t, u32 hash, int ifindex, int sdif,
				      struct sk_buff *skb);
int xtcp_demux_add_listener(struct sock *sk);
struct sock *xtcp_demux_next_listener(struct net *net, u32 *bucket, u64 *cookie);
struct xtcp_mini *xtcp_demux_next_mini(struct net *net, u32 *bucket, struct xtcp_mini_key *last);
void xtcp_demux_del_listener(struct sock *sk);
void xtcp_demux_hash_conn(struct sock *sk, u32 hash);	/* enter the kernel's ehash */
void xtcp_demux_unhash_conn(struct sock *sk);
void xtcp_demux_pass_begin(u32 hash);			/* around handing a packet without a connection to the kernel */
void xtcp_demux_pass_end(u32 hash);
bool xtcp_demux_passing(void);				/* is this CPU within one? */
void xtcp_demux_read_tuple(const struct sk_buff *skb, struct xtcp_tuple *t);	/* received: seen from here */

/* route for sk's addresses, source address chosen if unset; fills sk_dst_cache; process context */
int xtcp_route_connect(struct sock *sk, const struct xtcp_tuple *t);
struct dst_entry *xtcp_route_check(struct sock *sk);	/* the socket's route, looked up again if it went stale */
void xtcp_route_note_rx(struct sock *sk, struct sk_buff *skb);	/* for IP's early demux */
void xtcp_route_forget_rx(struct sock *sk);
struct dst_entry *xtcp_route_mini(struct net *net, const struct sock *listener, const struct xtcp_tuple *t, int ifindex,
				  u32 mark, u8 tos);
/* header below TCP is IP's work: queue skb (TCP header at skb->data, checksum partial) on sk's route */
int xtcp_out_xmit(struct sock *sk, struct sk_buff *skb);
void xtcp_out_checksum(const struct xtcp_tuple *t, struct sk_buff *skb);
void xtcp_out_checksum_sk(const struct sock *sk, struct sk_buff *skb);
/* the same without a connection: consumes skb and the route */
int xtcp_out_stateless(struct net *net, const struct sock *listener, struct sk_buff *skb, const struct xtcp_tuple *t,
		       struct dst_entry *dst, u32 mark, u8 tos);
unsigned int xtcp_out_ip_header(const struct sock *sk);	/* bytes of IP header and options/extensions */
unsigned int xtcp_out_headroom(const struct dst_entry *dst, unsigned int ip_header);
bool xtcp_out_same_host(const struct sock *sk);
u8 xtcp_out_tos(const struct sock *sk);			/* TOS or traffic class of what sk sends */

int xtcp_icmp4_err(struct sk_buff *skb, u32 info, const struct net_protocol *kernel);
int xtcp_icmp6_err(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type, u8 code, int offset, __be32 info,
		   const struct inet6_protocol *kernel);
void xtcp_icmp_mtu(struct sock *sk);			/* deferred path MTU change, tp->mtu_info */

#include "cong/drive.h"
#include "conn/timewait.h"
#include "ip/port.h"

#endif
