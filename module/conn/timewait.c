// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT: what is left of a connection that we closed first, in an object of a few cache lines instead of a socket.
 * It answers a FIN that is sent again, keeps old duplicates from a new connection of the same addresses and ports, and
 * may be followed early by one that proves to be new. Entered by conn/state.c, met by slot.c, ip/port.c and the wheel.
 * Never holds a socket, a route or a network namespace. RFC 9293 3.10.7.4, RFC 6191, RFC 1337, RFC 7323 5.
 *
 * Life. A TIME-WAIT is in the table of minis and on the wheel of its namespace; it is entered into both under @tw_lock
 * (which is taken before a bucket's lock). Who takes it out of the table, be it the timer, a segment, connect() or the
 * end of the namespace, does the rest: off the wheel, port given back, the table's reference dropped. So an object
 * found on the wheel under @tw_lock has at least that reference. The timer takes what it is going to end off the wheel
 * first, with a reference of its own.
 *
 *	slot of the wheel = tick of its end % XTCP_TW_SLOTS; longer ones stay for another turn
 *
 * The end of a namespace finds no socket and no device, so nothing enters any more; the timer is stopped before the
 * wheel is emptied.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/slab.h>
#include <linux/timer.h>

#include "xtcp.h"

#define XTCP_TW_BATCH		32u	/* ended per hold of the wheel's lock */
#define XTCP_TW_RUN		1024u	/* ended per run of the timer, the rest follows in the next jiffy */
#define XTCP_TW_REPLIES_PER_S	10u	/* ACKs that one TIME-WAIT sends */
#define XTCP_TW_ISN_STEP	(65535u + 2)	/* RFC 6191: an ISN beyond what may still be under way */

static_assert(sizeof(struct xtcp_tw) <= 144);

static struct kmem_cache *xtcp_timewait_cache __read_mostly;

/* ------------------------------------------------------------ wheel */

static u32 xtcp_timewait_tick_jiffies(void)
{
	return msecs_to_jiffies(XTCP_TW_TICK_MS);
}

/* The tick that now belongs to, on a clock that does not jump when jiffies wraps. */
static u32 xtcp_timewait_now(void)
{
	return (u32)div_u64(get_jiffies_64(), xtcp_timewait_tick_jiffies());
}

static void xtcp_timewait_arm(struct xtcp_net *xn, u32 delta)
{
	mod_timer(&xn->tw_timer, jiffies + delta);
}

/* Put on the wheel so that it ends @length_ms from now. tw_lock held. */
static void xtcp_timewait_schedule(struct xtcp_net *xn, struct xtcp_tw *tw, u32 length_ms)
{
	u32 delta = msecs_to_jiffies(length_ms);
	u32 tick = (u32)div_u64(get_jiffies_64() + delta, xtcp_timewait_tick_jiffies()) + 1;

	lockdep_assert_held(&xn->tw_lock);
	tw->expires = (u32)jiffies + delta;
	hlist_add_head(&tw->wheel, &xn->tw_slots[tick % XTCP_TW_SLOTS]);
}

/* TIME-WAIT begins (again), unless the end has come already. */
static void xtcp_timewait_restart(struct xtcp_net *xn, struct xtcp_tw *tw)
{
	spin_lock_bh(&xn->tw_lock);
	if (!hlist_unhashed(&tw->wheel)) {
		hlist_del_init(&tw->wheel);
		xtcp_timewait_schedule(xn, tw, tw->time_wait_ms);
	}
	spin_unlock_bh(&xn->tw_lock);
}

/* Take up to XTCP_TW_BATCH off one slot, each with a reference; @all: also those whose time has not come. */
static unsigned int xtcp_timewait_collect(struct xtcp_net *xn, u32 slot, bool all, struct xtcp_tw **batch)
{
	struct hlist_node *next;
	struct xtcp_tw *tw;
	unsigned int n = 0;

	spin_lock_bh(&xn->tw_lock);
	hlist_for_each_entry_safe(tw, next, &xn->tw_slots[slot], wheel) {
		if (!all && (s32)((u32)jiffies - tw->expires) < 0)
			continue;
		if (n == XTCP_TW_BATCH)
			break;
		hlist_del_init(&tw->wheel);
		refcount_inc(&tw->m.refs);
		batch[n++] = tw;
	}
	spin_unlock_bh(&xn->tw_lock);
	return n;
}

/*
 * Keep the local port: one that connect() had chosen by a count, which stops our own bind() and connect(); one that the
 * user had bound, or listened on, by a share in a stand-in, which stops the kernel's sockets, too.
 */
static void xtcp_timewait_keep_port(struct xtcp_tw *tw, struct sock *sk)
{
	tw->client_port = xtcp_port_client_wait(sk);
	if (!tw->client_port)
		tw->hold = xtcp_port_hold_get(sk, GFP_ATOMIC);
}

static void xtcp_timewait_give_port(struct xtcp_tw *tw)
{
	struct net *net = read_pnet(&tw->m.net);

	if (tw->hold)
		xtcp_port_hold_put(net, tw->hold);
	if (tw->client_port)
		xtcp_port_client_put(net, ntohs(tw->m.tuple.lport), true);
}

/* End one; the caller holds a reference, and keeps it. True for the one of several callers who did it. */
static bool xtcp_timewait_end(struct xtcp_tw *tw)
{
	struct net *net = read_pnet(&tw->m.net);
	struct xtcp_net *xn = xtcp_net(net);

	if (!xtcp_demux_remove_mini(&tw->m))
		return false;
	spin_lock_bh(&xn->tw_lock);
	hlist_del_init(&tw->wheel);
	WRITE_ONCE(xn->tw_count, xn->tw_count - 1);
	spin_unlock_bh(&xn->tw_lock);
	xtcp_timewait_give_port(tw);
	xtcp_slot_put();
	xtcp_demux_put_mini(&tw->m);
	return true;
}

/* End what one slot has to give, at most @most. Returns how many ended. */
static unsigned int xtcp_timewait_sweep(struct xtcp_net *xn, u32 slot, bool all, unsigned int most)
{
	struct xtcp_tw *batch[XTCP_TW_BATCH];
	unsigned int i, n, done = 0;

	do {
		n = xtcp_timewait_collect(xn, slot, all, batch);
		for (i = 0; i < n; i++) {
			struct net *net = read_pnet(&batch[i]->m.net);

			if (xtcp_timewait_end(batch[i]))
				xtcp_mib_inc(net, XTCP_MIB_TW);
			xtcp_demux_put_mini(&batch[i]->m);
		}
		done += n;
	} while (n == XTCP_TW_BATCH && done < most);
	return done;
}

/* Is slot *tick due? */
static bool xtcp_timewait_due(struct xtcp_net *xn, u32 now, u32 *tick)
{
	spin_lock_bh(&xn->tw_lock);
	*tick = xn->tw_tick;
	spin_unlock_bh(&xn->tw_lock);
	return (s32)(now - *tick) >= 0;
}

/* Slot @tick is done, unless the wheel was started anew meanwhile. */
static void xtcp_timewait_advance(struct xtcp_net *xn, u32 tick)
{
	spin_lock_bh(&xn->tw_lock);
	if (xn->tw_tick == tick)
		xn->tw_tick++;
	spin_unlock_bh(&xn->tw_lock);
}

/* Once per tick while there are any: the slots whose time has come, in order. */
static void xtcp_timewait_timer(struct timer_list *t)
{
	struct xtcp_net *xn = container_of(t, struct xtcp_net, tw_timer);
	u32 tick, now = xtcp_timewait_now();
	unsigned int done = 0;

	while (done < XTCP_TW_RUN && xtcp_timewait_due(xn, now, &tick)) {
		done += xtcp_timewait_sweep(xn, tick % XTCP_TW_SLOTS, false, XTCP_TW_RUN - done);
		if (done < XTCP_TW_RUN)
			xtcp_timewait_advance(xn, tick);
	}
	spin_lock_bh(&xn->tw_lock);
	if (xn->tw_count)
		xtcp_timewait_arm(xn, done < XTCP_TW_RUN ? xtcp_timewait_tick_jiffies() : 1);
	spin_unlock_bh(&xn->tw_lock);
}

/* ------------------------------------------------------------ in */

static void xtcp_timewait_fill(struct xtcp_tw *tw, struct sock *sk, bool fin_wait2)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;

	write_pnet(&tw->m.net, sock_net(sk));
	xtcp_connect_fill_tuple(sk, &tw->m.tuple);
	WRITE_ONCE(tw->m.hash, xtcp_demux_hash(sock_net(sk), &tw->m.tuple));
	tw->m.ifindex = sk->sk_bound_dev_if;
	tw->m.kind = XTCP_MINI_TW;
	tw->m.node.pprev = NULL;
	INIT_HLIST_NODE(&tw->wheel);
	tw->fin_wait2 = fin_wait2;
	tw->snd_nxt = tp->snd_nxt;
	tw->rcv_nxt = tp->rcv_nxt;
	tw->rcv_wnd = tcp_receive_window(tp);
	tw->m.wscale = tp->rx_opt.rcv_wscale;
	tw->ts_ok = tp->rx_opt.tstamp_ok;
	tw->ts_recent = tp->rx_opt.ts_recent;
	tw->ts_stamp_s = tp->rx_opt.ts_recent_stamp;
	tw->time_wait_ms = xs->time_wait_ms ? : READ_ONCE(xtcp_sk_net(sk)->time_wait_ms);
	tw->ts_offset = tp->tsoffset;
	tw->mark = READ_ONCE(sk->sk_mark);
	tw->m.tos = xtcp_out_tos(sk);
	tw->reply_s = 0;
	tw->replies = 0;
	tw->reuse = !!sk->sk_reuse;
	tw->reuseport = sk->sk_reuseport;
	tw->v6only = sk->sk_ipv6only;
	tw->client_port = false;
	tw->hold = NULL;
}

/* Into table and wheel as one step; false if the namespace has its fill or the place is taken. */
static bool xtcp_timewait_insert(struct xtcp_net *xn, struct xtcp_tw *tw, u32 length_ms)
{
	bool ok = false;

	spin_lock_bh(&xn->tw_lock);
	if (xn->tw_count < READ_ONCE(xn->time_wait_max)) {
		/* a segment may meet it as soon as it is in the table, and slot.c looks there only if there are any */
		WRITE_ONCE(xn->tw_count, xn->tw_count + 1);
		/* pairs with the bucket's lock and RCU: who could find it there sees the count */
		smp_wmb();
		ok = xtcp_demux_insert_mini(&tw->m);
		if (!ok)
			WRITE_ONCE(xn->tw_count, xn->tw_count - 1);
	}
	if (ok) {
		xtcp_timewait_schedule(xn, tw, length_ms);
		if (xn->tw_count == 1 && !timer_pending(&xn->tw_timer)) {
			xn->tw_tick = xtcp_timewait_now();
			xtcp_timewait_arm(xn, xtcp_timewait_tick_jiffies());
		}
	}
	spin_unlock_bh(&xn->tw_lock);
	return ok;
}

/**
 * xtcp_timewait_enter() - leave a TIME-WAIT in place of a connection
 * @sk: connection, locked; the caller ends it right after
 * @fin_wait2: an orphan whose FIN is acknowledged and that waits for the peer's (tcp_fin_timeout, TCP_LINGER2);
 *	otherwise both FINs were exchanged
 *
 * The TIME-WAIT is in its table before the socket leaves the connection table, so that every segment finds one of the
 * two. Without memory, over the namespace's limit or with a length of 0 there is none: the peer's next segment gets a
 * RST. If there is no memory for a stand-in for a bound port, the TIME-WAIT does its work without.
 * Softirq or process context.
 */
void xtcp_timewait_enter(struct sock *sk, bool fin_wait2)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_net *xn = xtcp_sk_net(sk);
	u32 length_ms = xs->time_wait_ms ? : READ_ONCE(xn->time_wait_ms);
	struct xtcp_tw *tw;

	if (fin_wait2)
		length_ms = jiffies_to_msecs(tcp_fin_time(sk));
	sock_owned_by_me(sk);
	if (!length_ms)
		goto unhash;
	if (READ_ONCE(xn->tw_count) >= READ_ONCE(xn->time_wait_max))
		goto overflow;
	tw = kmem_cache_alloc(xtcp_timewait_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!tw)
		goto overflow;
	xtcp_timewait_fill(tw, sk, fin_wait2);
	xtcp_timewait_keep_port(tw, sk);
	xtcp_slot_get();
	refcount_set(&tw->m.refs, 1);
	if (!xtcp_timewait_insert(xn, tw, length_ms))
		goto undo;
	xtcp_demux_put_mini(&tw->m);
	goto unhash;
undo:
	xtcp_slot_put();
	xtcp_timewait_give_port(tw);
	xtcp_demux_put_mini(&tw->m);
overflow:
	xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPTimeWaitOverflow);
unhash:
	xtcp_demux_unhash_conn(sk);
}

/* ------------------------------------------------------------ segments */

static void xtcp_timewait_read(const struct sk_buff *skb, struct xtcp_segment *seg, struct xtcp_options *o)
{
	const struct xtcp_cb *cb = XTCP_CB(skb);

	seg->seq = cb->seq;
	seg->end_seq = cb->end_seq;
	seg->ack = cb->rx.ack;
	seg->wnd = cb->wnd;
	seg->flags = cb->flags;
	xtcp_options_parse(o, (const u8 *)(tcp_hdr(skb) + 1), tcp_hdrlen(skb) - sizeof(struct tcphdr),
			   cb->flags & XTCP_SYN);
}

/* The limit on answers; two CPUs at once may make it one more. */
static bool xtcp_timewait_may_reply(struct xtcp_tw *tw)
{
	u8 now_s = xtcp_clock_s();

	if (READ_ONCE(tw->reply_s) != now_s) {
		WRITE_ONCE(tw->reply_s, now_s);
		WRITE_ONCE(tw->replies, 0);
	}
	if (READ_ONCE(tw->replies) >= XTCP_TW_REPLIES_PER_S)
		return false;
	WRITE_ONCE(tw->replies, READ_ONCE(tw->replies) + 1);
	return true;
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
static void xtcp_timewait_reply(struct xtcp_tw *tw)
{
	struct net *net = read_pnet(&tw->m.net);
	struct xtcp_options o = { .has_ts = tw->ts_ok };

	if (!xtcp_timewait_may_reply(tw)) {
		xtcp_mib_inc(net, XTCP_MIB_TCPACKSkipped);
		return;
	}
	if (o.has_ts) {
		o.tsval = xtcp_clock_ts(xtcp_clock_us()) + tw->ts_offset;
		o.tsecr = READ_ONCE(tw->ts_recent);
	}
	xtcp_control_stateless_ack(&tw->m, tw->snd_nxt, READ_ONCE(tw->rcv_nxt), tw->rcv_wnd >> tw->m.wscale, &o,
				   tw->m.tos, tw->mark);
}

/*
 * The peer's FIN, in order, for which FIN-WAIT-2 has waited: TIME-WAIT begins. Anything else that is new finds nobody
 * to read it (RFC 2525 2.17). Returns false if the connection is to be reset.
 */
static bool xtcp_timewait_fin(struct xtcp_net *xn, struct xtcp_tw *tw, const struct xtcp_segment *seg)
{
	bool ok;

	spin_lock_bh(&xn->tw_lock);
	ok = seg->flags & XTCP_FIN && seg->end_seq == tw->rcv_nxt + 1;
	if (ok) {
		WRITE_ONCE(tw->rcv_nxt, seg->end_seq);
		WRITE_ONCE(tw->fin_wait2, false);
	}
	spin_unlock_bh(&xn->tw_lock);
	if (ok)
		xtcp_timewait_restart(xn, tw);
	return ok;
}

/* The only thing that can still arrive in order is an ACK without text: it is noted and forgotten. */
static void xtcp_timewait_accepted(struct xtcp_tw *tw, const struct xtcp_accept_in *in, const struct xtcp_segment *seg,
				   const struct xtcp_options *o)
{
	if (!(seg->flags & XTCP_ACK))
		return;
	if (seg->seq != seg->end_seq) {
		/* text after the FIN */
		xtcp_timewait_reply(tw);
		return;
	}
	if (tw->ts_ok && o->has_ts && xtcp_accept_ts_update(in, seg, o, READ_ONCE(tw->rcv_nxt))) {
		WRITE_ONCE(tw->ts_recent, o->tsval);
		WRITE_ONCE(tw->ts_stamp_s, xtcp_clock_s());
	}
}

static enum xtcp_drop xtcp_timewait_judge(struct xtcp_tw *tw, const struct xtcp_accept_in *in,
					  const struct xtcp_segment *seg, const struct xtcp_options *o, bool *reset)
{
	struct net *net = read_pnet(&tw->m.net);

	*reset = false;
	switch (xtcp_accept_segment(in, seg, o)) {
	case XTCP_ACCEPT:
		if (READ_ONCE(tw->fin_wait2) && seg->seq != seg->end_seq && seg->flags & XTCP_ACK) {
			*reset = !xtcp_timewait_fin(xtcp_net(net), tw, seg);
			if (!*reset)
				xtcp_timewait_reply(tw);
			break;
		}
		xtcp_timewait_accepted(tw, in, seg, o);
		break;
	case XTCP_RESET:
		/* RFC 1337: it may be an old duplicate, and end TIME-WAIT too early; net.ipv4.tcp_rfc1337 ignores it */
		if ((READ_ONCE(tw->fin_wait2) || !READ_ONCE(net->ipv4.sysctl_tcp_rfc1337)) && xtcp_timewait_end(tw))
			xtcp_mib_inc(net, XTCP_MIB_TWKilled);
		break;
	case XTCP_DROP_SILENT:
		break;
	case XTCP_DROP_PAWS:
		xtcp_timewait_reply(tw);
		return XTCP_DropPaws;
	case XTCP_DROP_DUP:
	case XTCP_DROP_ACK:
		/* "the only thing that can arrive is a retransmission of the remote FIN": 2 MSL begin again */
		if (seg->flags & XTCP_FIN && seg->end_seq == READ_ONCE(tw->rcv_nxt) && !READ_ONCE(tw->fin_wait2))
			xtcp_timewait_restart(xtcp_net(net), tw);
		fallthrough;
	case XTCP_CHALLENGE:
		xtcp_timewait_reply(tw);
		break;
	}
	return XTCP_DropTimeWait;
}

static struct xtcp_accept_in xtcp_timewait_accept_in(const struct xtcp_tw *tw)
{
	return (struct xtcp_accept_in){
		.rcv_nxt = READ_ONCE(tw->rcv_nxt),
		.rcv_wnd = tw->rcv_wnd,
		.ts_recent = READ_ONCE(tw->ts_recent),
		.ts_recent_age_s = xtcp_clock_s() - READ_ONCE(tw->ts_stamp_s),
		.ts_ok = tw->ts_ok,
	};
}

/* Is it a SYN that proves to be newer than the old connection (RFC 6191)? */
static bool xtcp_timewait_reopens(const struct xtcp_tw *tw, const struct xtcp_accept_in *in,
				  const struct xtcp_segment *seg, const struct xtcp_options *o)
{
	return !READ_ONCE(tw->fin_wait2) && (seg->flags & (XTCP_SYN | XTCP_ACK | XTCP_RST)) == XTCP_SYN &&
	       !(tw->ts_ok && o->has_ts && xtcp_accept_paws(in, o)) &&
	       xtcp_accept_reuse(in->rcv_nxt, in->ts_recent, tw->ts_ok, seg, o);
}

static void xtcp_timewait_recycle(struct xtcp_tw *tw)
{
	if (xtcp_timewait_end(tw))
		xtcp_mib_inc(read_pnet(&tw->m.net), XTCP_MIB_TWRecycled);
}

/**
 * xtcp_timewait_yield() - a SYN for a TIME-WAIT, and the kernel's TCP listens there
 * @tw: the caller holds a reference, and keeps it
 * @skb: TCP header checked and linear; not changed
 *
 * Softirq, under RCU.
 *
 * Return: true if @skb opens a new incarnation (RFC 6191): the TIME-WAIT is gone, and @skb is for the kernel.
 */
bool xtcp_timewait_yield(struct xtcp_tw *tw, const struct sk_buff *skb)
{
	struct xtcp_accept_in in = xtcp_timewait_accept_in(tw);
	const struct tcphdr *th = tcp_hdr(skb);
	struct xtcp_segment seg = { .seq = ntohl(th->seq), .flags = ((const u8 *)th)[13] };
	struct xtcp_options o;

	xtcp_options_parse(&o, (const u8 *)(th + 1), tcp_hdrlen(skb) - sizeof(*th), true);
	if (!xtcp_timewait_reopens(tw, &in, &seg, &o))
		return false;
	xtcp_timewait_recycle(tw);
	return true;
}

/**
 * xtcp_timewait_rcv() - a segment of a connection in TIME-WAIT (RFC 9293 3.10.7.4)
 * @tw: the caller's reference is consumed
 * @skb: checked, XTCP_CB() filled; consumed unless true is returned
 * @listening: somebody listens for what @skb might open
 * @isn_floor: set if true is returned: the new connection's ISN must not be earlier (RFC 6191)
 *
 * Softirq, under RCU.
 *
 * Return: true if @skb is a SYN that opens a new incarnation: the TIME-WAIT is gone, and @skb is for the listener.
 */
bool xtcp_timewait_rcv(struct xtcp_tw *tw, struct sk_buff *skb, bool listening, u32 *isn_floor)
{
	struct net *net = read_pnet(&tw->m.net);
	struct xtcp_accept_in in = xtcp_timewait_accept_in(tw);
	struct xtcp_segment seg;
	struct xtcp_options o;
	bool reopen, reset;

	xtcp_timewait_read(skb, &seg, &o);
	reopen = listening && xtcp_timewait_reopens(tw, &in, &seg, &o);
	if (reopen) {
		*isn_floor = tw->snd_nxt + XTCP_TW_ISN_STEP ? : 1;
		xtcp_timewait_recycle(tw);
	} else {
		enum xtcp_drop why = xtcp_timewait_judge(tw, &in, &seg, &o, &reset);

		if (reset) {
			xtcp_mib_inc(net, XTCP_MIB_TCPAbortOnData);
			xtcp_control_stateless_reset(net, skb, &tw->m.tuple, tw->m.ifindex);
			xtcp_timewait_end(tw);
		}
		xtcp_mib_drop(net, skb, why);
	}
	xtcp_demux_put_mini(&tw->m);
	return reopen;
}

/* ------------------------------------------------------------ connect() */

static bool xtcp_timewait_is_loopback(const struct xtcp_tw *tw)
{
	const struct xtcp_tuple *t = &tw->m.tuple;

	return tw->m.ifindex == LOOPBACK_IFINDEX || ipv6_addr_loopback(&t->laddr) || ipv6_addr_loopback(&t->raddr) ||
	       ipv6_addr_v4mapped_loopback(&t->laddr) || ipv6_addr_v4mapped_loopback(&t->raddr);
}

/**
 * xtcp_timewait_may_reuse() - RFC 6191 section 2, the active side: would a new connection's timestamps prove newer?
 * @net: its network namespace
 * @tw: the caller holds a reference
 *
 * Any context.
 */
bool xtcp_timewait_may_reuse(const struct net *net, const struct xtcp_tw *tw)
{
	int mode = READ_ONCE(net->ipv4.sysctl_tcp_tw_reuse);
	u32 stamp_s = READ_ONCE(tw->ts_stamp_s);

	if (!mode || READ_ONCE(tw->fin_wait2) || (mode == 2 && !xtcp_timewait_is_loopback(tw)))
		return false;
	if (!tw->ts_ok || !stamp_s || !READ_ONCE(net->ipv4.sysctl_tcp_timestamps))
		return false;
	return (s32)(xtcp_clock_s() - stamp_s) > 0;
}

/**
 * xtcp_timewait_reuse() - may connect() take a 4-tuple, as far as TIME-WAITs go?
 * @net: network namespace
 * @t: the 4-tuple
 * @sk: the connecting socket, locked
 *
 * If a TIME-WAIT is there and may be followed already (net.ipv4.tcp_tw_reuse, timestamps, at least a second old), it is
 * ended, and @sk takes over TS.Recent and gets a write_seq beyond the old connection's numbers as its ISN. The caller
 * holds the namespace's connect_lock and enters the 4-tuple at once. Any context.
 *
 * Return: true if no request and no TIME-WAIT is in the way (any more).
 */
bool xtcp_timewait_reuse(struct net *net, const struct xtcp_tuple *t, struct sock *sk)
{
	struct xtcp_mini *m = xtcp_demux_find_mini(net, t, xtcp_demux_hash(net, t), sk->sk_bound_dev_if, 0);
	struct tcp_sock *tp = tcp_sk(sk);
	struct xtcp_tw *tw;
	bool ok = false;

	if (!m)
		return true;
	tw = container_of(m, struct xtcp_tw, m);
	if (m->kind == XTCP_MINI_TW && xtcp_timewait_may_reuse(net, tw)) {
		WRITE_ONCE(tp->write_seq, tw->snd_nxt + XTCP_TW_ISN_STEP ? : 1);
		tp->rx_opt.ts_recent = READ_ONCE(tw->ts_recent);
		tp->rx_opt.ts_recent_stamp = READ_ONCE(tw->ts_stamp_s);
		xtcp_timewait_recycle(tw);
		ok = true;
	}
	xtcp_demux_put_mini(m);
	return ok;
}

/* ------------------------------------------------------------ life */

/**
 * xtcp_timewait_kill() - end a TIME-WAIT before its time
 * @tw: the caller holds a reference, and keeps it
 *
 * Of several who try at once, one does it. Any context.
 */
void xtcp_timewait_kill(struct xtcp_tw *tw)
{
	if (xtcp_timewait_end(tw))
		xtcp_mib_inc(read_pnet(&tw->m.net), XTCP_MIB_TWKilled);
}

/** xtcp_timewait_left_ms() - how long it still lasts; any context, the caller holds a reference */
u32 xtcp_timewait_left_ms(const struct xtcp_tw *tw)
{
	s32 left = READ_ONCE(tw->expires) - (u32)jiffies;

	return left > 0 ? jiffies_to_msecs(left) : 0;
}

static void xtcp_timewait_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(xtcp_timewait_cache, container_of(rcu, struct xtcp_tw, rcu));
}

/** xtcp_timewait_free() - the last reference is gone; for xtcp_demux_put_mini() */
void xtcp_timewait_free(struct xtcp_mini *m)
{
	call_rcu(&container_of(m, struct xtcp_tw, m)->rcu, xtcp_timewait_free_rcu);
}

/** xtcp_timewait_net_init() - a network namespace begins; 0 or -ENOMEM */
int xtcp_timewait_net_init(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	xn->tw_slots = kvcalloc(XTCP_TW_SLOTS, sizeof(*xn->tw_slots), GFP_KERNEL);
	if (!xn->tw_slots)
		return -ENOMEM;
	spin_lock_init(&xn->tw_lock);
	timer_setup(&xn->tw_timer, xtcp_timewait_timer, 0);
	return 0;
}

/** xtcp_timewait_net_exit() - the end of a network namespace, or of the module; no socket of it is left */
void xtcp_timewait_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	u32 slot;

	xtcp_compat_timer_delete_sync(&xn->tw_timer);
	for (slot = 0; slot < XTCP_TW_SLOTS && READ_ONCE(xn->tw_count); slot++)
		xtcp_timewait_sweep(xn, slot, true, UINT_MAX);
	WARN_ON_ONCE(xn->tw_count);
	kvfree(xn->tw_slots);
	xn->tw_slots = NULL;
}

/** xtcp_timewait_init() - module load; 0 or -ENOMEM */
int xtcp_timewait_init(void)
{
	/* packed: not rounded up to cache lines, and without what SLAB_TYPESAFE_BY_RCU adds to each object */
	xtcp_timewait_cache = kmem_cache_create("xtcp_timewait", sizeof(struct xtcp_tw), 0, 0, NULL);
	return xtcp_timewait_cache ? 0 : -ENOMEM;
}

/** xtcp_timewait_exit() - module unload; every network namespace has been left */
void xtcp_timewait_exit(void)
{
	/* xtcp_timewait_free_rcu() */
	rcu_barrier();
	kmem_cache_destroy(xtcp_timewait_cache);
}
