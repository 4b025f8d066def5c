/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parts of a socket that not every socket has: a listener's, made when it may be needed for the first time, and a
 * sender's, made when text or FIN is queued for the first time. What an idle connection does without. Part of xtcp.h;
 * sock/part.c makes and frees them.
 */
#ifndef XTCP_SOCK_PART_H
#define XTCP_SOCK_PART_H

#include <linux/siphash.h>
#include <linux/spinlock.h>
#include <net/sock.h>

#include "core/limit.h"
#include "core/plpmtu.h"
#include "core/rack.h"
#include "core/recovery.h"
#include "core/tlp.h"
#include "core/undo.h"
#include "ctl/control.h"

#define XTCP_FASTOPEN_KEYS	2

/**
 * struct xtcp_fastopen_keys - a listener's own keys for Fast Open cookies
 * @key: the first makes cookies, all of them are believed
 * @num: of them
 * @rcu: readers are softirqs
 */
struct xtcp_fastopen_keys {
	siphash_key_t key[XTCP_FASTOPEN_KEYS];
	unsigned int num;
	struct rcu_head rcu;
};

/**
 * struct xtcp_listen - what only a listener has
 * @stats: queue marks and drops by cause
 * @accept_lock: guards @accept_queue, sk_ack_backlog, and the way out of TCP_LISTEN
 * @accept_queue: children waiting for accept(), oldest first (xtcp_sock.accept_node)
 * @requests: requests in the SYN queue
 * @fastopen_max: TCP_FASTOPEN: children that may be in SYN-RECEIVED, 0 = off
 * @fastopen_pending: those that are
 * @fastopen_resets: those that the peer reset instead of finishing the handshake, since @fastopen_resets_at (jiffies)
 * @fastopen_keys: TCP_FASTOPEN_KEY, or NULL: the netns's
 * @syn_overflow_at: jiffies of the last SYN queue overflow; cookies are believed for a while after it
 * @destruct: the socket's sk_destruct before xtcp_part_destruct()
 *
 * Lives until the socket's memory goes (after a grace period, as lookups of listeners take no reference).
 */
struct xtcp_listen {
	struct xtcp_listen_stats stats;
	spinlock_t accept_lock;		/* accept_queue, and the way out of TCP_LISTEN */
	struct list_head accept_queue;
	atomic_t requests;
	unsigned int fastopen_max;
	atomic_t fastopen_pending;
	atomic_t fastopen_resets;
	unsigned long fastopen_resets_at;
	struct xtcp_fastopen_keys __rcu *fastopen_keys;
	unsigned long syn_overflow_at;
	void (*destruct)(struct sock *sk);
};

/**
 * struct xtcp_sender - what only a connection has that sends text or FIN; socket lock
 * @rack: loss detection by time
 * @rto_at_us: tcp_mstamp at which the RTO ends that began with the last ACK; a tail loss probe comes before it
 * @reo_wait_us: what is in flight may prove lost by time this long from now, 0 = no
 * @sacked_high: end of the highest SACKed byte, if tp->sacked_out
 * @lost_below: every un-SACKed byte sent before this one is marked lost already
 * @dupacks: duplicate ACKs since SND.UNA moved (no SACK)
 * @tlp: tail loss probe under way
 * @frto: was the time-out needless?
 * @rtx_first: the first retransmission of this recovery has yet to leave
 * @why: what the sender waits for, enum xtcp_limit_kind
 * @undo: the books of a reduction that may prove needless
 * @prr: proportional rate reduction
 * @mtup: search for the path MTU
 * @why_since_us: since when it waits for that
 * @why_us: time of all earlier waits of the sender, by enum xtcp_limit_kind
 *
 * A connection without one has sent SYNs and ACKs only. Nothing in flight can be lost but the SYN, whose
 * retransmission needs none of this.
 */
struct xtcp_sender {
	struct xtcp_rack rack;
	u64 rto_at_us;
	u32 reo_wait_us;
	u32 sacked_high;
	u32 lost_below;
	u32 dupacks;
	struct xtcp_tlp tlp;
	struct xtcp_frto frto;
	bool rtx_first;
	u8 why;
	struct xtcp_undo undo;
	struct xtcp_prr prr;
	struct xtcp_plpmtu mtup;
	u64 why_since_us;
	u64 why_us[XTCP_BYS_TX];
};

struct xtcp_listen *xtcp_part_listen(struct sock *sk);
bool xtcp_part_make_sender(struct sock *sk, gfp_t gfp);
void xtcp_part_drop_sender(struct sock *sk);
int xtcp_part_init(void);
void xtcp_part_exit(void);

#endif
