// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open, both sides: data in the SYN, let in by a cookie that the server gave the client's address before.
 * Called by sendmsg(MSG_FASTOPEN) and connect() (client), and by conn/request.c for SYNs (server).
 * net.ipv4.tcp_fastopen says what is on. The client's cookies are kept per namespace in a table of fixed size. RFC
 * 7413, tcp(7).
 */
#include <linux/siphash.h>
#include <linux/slab.h>
#include <net/inet_common.h>
#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

#define XTCP_FASTOPEN_COOKIE		8u	/* bytes of the cookies given here */
#define XTCP_FASTOPEN_BUCKETS		128u
#define XTCP_FASTOPEN_WAYS		4u
#define XTCP_FASTOPEN_PAUSE_S		60u	/* after a SYN with data was lost, doubled with each loss in a row */
#define XTCP_FASTOPEN_PAUSE_SHIFT_MAX	6u
#define XTCP_FASTOPEN_RESET_S		60u	/* a child that was reset counts as pending for up to so long */

static siphash_aligned_key_t xtcp_fastopen_secret;

/* ------------------------------------------------------------ the server's cookies */

/*
 * Key number @i of the listener, of the namespace (tcp_fastopen_key), or of this boot. False: there is none. Under
 * RCU
 */
static bool xtcp_fastopen_key(const struct sock *listener, unsigned int i, siphash_key_t *key)
{
	const struct xtcp_fastopen_keys *own = rcu_dereference(xtcp_sk(listener)->listen->fastopen_keys);
	const struct tcp_fastopen_context *ctx = rcu_dereference(sock_net(listener)->ipv4.tcp_fastopen_ctx);

	if (own) {
		*key = own->key[i];
		return i < own->num;
	}
	if (ctx) {
		if (i >= ctx->num)
			return false;
		*key = ctx->key[i];
		return true;
	}
	net_get_random_once(&xtcp_fastopen_secret, sizeof(xtcp_fastopen_secret));
	*key = xtcp_fastopen_secret;
	key->key[0] ^= net_hash_mix(sock_net(listener));
	return !i;
}

static bool xtcp_fastopen_cookie(const struct sock *listener, const struct xtcp_tuple *t, unsigned int i, u8 *cookie)
{
	struct in6_addr pair[2] = { t->raddr, t->laddr };
	siphash_key_t key;
	u64 hash;

	BUILD_BUG_ON(sizeof(hash) != XTCP_FASTOPEN_COOKIE);
	if (!xtcp_fastopen_key(listener, i, &key))
		return false;
	hash = siphash(pair, sizeof(pair), &key);
	memcpy(cookie, &hash, sizeof(hash));
	return true;
}

static bool xtcp_fastopen_cookie_ok(const struct sock *listener, const struct xtcp_tuple *t,
				    const struct xtcp_options *o)
{
	u8 cookie[XTCP_FASTOPEN_COOKIE];
	unsigned int i;

	if (o->fo_len != XTCP_FASTOPEN_COOKIE)
		return false;
	for (i = 0; i < XTCP_FASTOPEN_KEYS && xtcp_fastopen_cookie(listener, t, i, cookie); i++) {
		/* as numbers: how long it takes must not tell how much of a guess is right */
		if (get_unaligned((const u64 *)cookie) == get_unaligned((const u64 *)o->fo))
			return true;
	}
	return false;
}

/** xtcp_fastopen_give() - put the cookie for the peer of @t into a SYN-ACK's options; softirq */
void xtcp_fastopen_give(const struct sock *listener, const struct xtcp_tuple *t, struct xtcp_options *o)
{
	rcu_read_lock();
	o->has_fo = xtcp_fastopen_cookie(listener, t, 0, o->fo);
	rcu_read_unlock();
	o->fo_len = XTCP_FASTOPEN_COOKIE;
}

static unsigned int xtcp_fastopen_limit(const struct sock *listener)
{
	unsigned int most = READ_ONCE(xtcp_sk(listener)->listen->fastopen_max);

	if (!most && READ_ONCE(sock_net(listener)->ipv4.sysctl_tcp_fastopen) & TFO_SERVER_WO_SOCKOPT1)
		most = READ_ONCE(listener->sk_max_ack_backlog);
	return most;
}

/*
 * A SYN with a false source makes the host that it names send a RST. Whoever has a cookie of that host could go on for
 * ever, were its place free again at once (RFC 7413 5.1). The count begins anew every minute.
 */
static void xtcp_fastopen_note_reset(struct xtcp_listen *l)
{
	if (time_after(jiffies, READ_ONCE(l->fastopen_resets_at) + XTCP_FASTOPEN_RESET_S * HZ)) {
		WRITE_ONCE(l->fastopen_resets_at, jiffies);
		atomic_set(&l->fastopen_resets, 0);
	}
	atomic_inc(&l->fastopen_resets);
}

/* Connections that nobody has proved to want */
static unsigned int xtcp_fastopen_unproved(const struct xtcp_listen *l)
{
	unsigned int n = atomic_read(&l->fastopen_pending);

	if (time_after(jiffies, READ_ONCE(l->fastopen_resets_at) + XTCP_FASTOPEN_RESET_S * HZ))
		return n;
	return n + atomic_read(&l->fastopen_resets);
}

/**
 * xtcp_fastopen_judge() - what to do with a SYN (RFC 7413 4.2.2)
 * @listener: under RCU
 * @cb: the SYN
 * @t: addresses
 * @o: its options
 * @give: out: the SYN-ACK brings a cookie
 *
 * Return: true if the connection may open at once, with the text of the SYN.
 */
bool xtcp_fastopen_judge(struct sock *listener, const struct xtcp_cb *cb, const struct xtcp_tuple *t,
			 const struct xtcp_options *o, bool *give)
{
	struct net *net = sock_net(listener);
	int how = READ_ONCE(net->ipv4.sysctl_tcp_fastopen);
	bool text = cb->end_seq - cb->seq > 1, free_for_all;
	unsigned int most = xtcp_fastopen_limit(listener);

	*give = false;
	if (o->has_fo && !o->fo_len)
		xtcp_mib_inc(net, XTCP_MIB_TCPFastOpenCookieReqd);
	if (!(how & TFO_SERVER_ENABLE) || !most || (!text && !o->has_fo))
		return false;
	/* RFC 7413 5.1: connections that nobody has proved to want are few */
	if (xtcp_fastopen_unproved(xtcp_sk(listener)->listen) >= most) {
		xtcp_mib_inc(net, XTCP_MIB_TCPFastOpenListenOverflow);
		return false;
	}
	free_for_all = how & TFO_SERVER_COOKIE_NOT_REQD || tcp_sk(listener)->fastopen_no_cookie;
	if (text && free_for_all)
		return true;
	if (!o->has_fo)
		return false;
	if (xtcp_fastopen_cookie_ok(listener, t, o))
		return true;
	*give = true;
	if (o->fo_len)
		xtcp_mib_inc(net, XTCP_MIB_TCPFastOpenPassiveFail);
	return false;
}

/**
 * xtcp_fastopen_open() - a socket for a SYN that may open at once: text queued, SYN-ACK sent, ready for accept()
 * @listener: under RCU
 * @req: filled from the SYN; temporary
 * @skb: the SYN; consumed if this succeeds
 *
 * The child stays in SYN-RECEIVED until the handshake's last ACK, but sends and receives. Softirq.
 *
 * Return: false if that cannot be done now: the SYN takes the slow way. Else @skb is consumed.
 */
bool xtcp_fastopen_open(struct sock *listener, struct xtcp_req *req, struct sk_buff *skb)
{
	struct net *net = sock_net(listener);
	struct xtcp_net *xn = xtcp_net(net);
	struct sock *child = NULL, *twin;

	spin_lock(&xn->connect_lock);
	twin = xtcp_demux_find_conn(net, &req->m.tuple, skb->skb_iif, 0);
	if (!twin)
		child = xtcp_child_create_early(listener, req, skb);
	spin_unlock(&xn->connect_lock);
	if (twin) {
		/* a copy of the SYN came first, from another CPU, and will be answered there */
		sock_gen_put(twin);
		xtcp_mib_drop(net, skb, XTCP_DropRequest);
		return true;
	}
	if (!child)
		return false;
	/* it came locked, which sparse cannot know */
	__acquire(&child->sk_lock.slock);
	sock_hold(listener);
	xtcp_spare(child)->fastopen_listener = listener;
	atomic_inc(&xtcp_sk(listener)->listen->fastopen_pending);
	xtcp_mib_inc(net, XTCP_MIB_TCPFastOpenPassive);
	security_inet_conn_established(child, skb);

	if (!xtcp_listen_add(listener, child)) {
		sock_orphan(child);
		this_cpu_inc(*xtcp_orphans);
		xtcp_why_ends(child, XTCP_REASON_LISTENER_CLOSED);
		xtcp_close_reset(child, ECONNRESET);
		consume_skb(skb);
	} else {
		xtcp_data_rcv_syn(child, skb);
		if (xtcp_control_synack_first(child))
			xtcp_close_reset(child, ENOMEM);
		listener->sk_data_ready(listener);
	}
	bh_unlock_sock(child);
	sock_put(child);
	return true;
}

/** xtcp_fastopen_settled() - the child's handshake is over, well or not: it counts no more. Child locked */
void xtcp_fastopen_settled(struct sock *child)
{
	struct sock *listener = xtcp_spare(child)->fastopen_listener;

	if (likely(!listener))
		return;
	xtcp_spare(child)->fastopen_listener = NULL;
	if (child->sk_state == TCP_CLOSE && xtcp_sk(child)->why_reason == XTCP_REASON_PEER_RESET)
		xtcp_fastopen_note_reset(xtcp_sk(listener)->listen);
	atomic_dec(&xtcp_sk(listener)->listen->fastopen_pending);
	sock_put(listener);
}

/** xtcp_fastopen_set_keys() - TCP_FASTOPEN_KEY: one key or two, 16 bytes each; -EINVAL, -ENOMEM. Lock held */
int xtcp_fastopen_set_keys(struct sock *sk, const u8 *bytes, unsigned int len)
{
	struct xtcp_fastopen_keys *new, *old;
	struct xtcp_listen *l;

	if (len != sizeof(siphash_key_t) && len != 2 * sizeof(siphash_key_t))
		return -EINVAL;
	l = xtcp_part_listen(sk);
	new = l ? kzalloc(sizeof(*new), GFP_KERNEL) : NULL;
	if (!new)
		return -ENOMEM;
	new->num = len / sizeof(siphash_key_t);
	memcpy(new->key, bytes, len);
	old = rcu_replace_pointer(l->fastopen_keys, new, lockdep_sock_is_held(sk));
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/** xtcp_fastopen_get_keys() - the reverse: bytes written to @bytes, room for 32; 0 if the socket has none of its own */
unsigned int xtcp_fastopen_get_keys(const struct sock *sk, u8 *bytes)
{
	const struct xtcp_listen *l = READ_ONCE(xtcp_sk(sk)->listen);
	const struct xtcp_fastopen_keys *keys;
	unsigned int len = 0;

	rcu_read_lock();
	keys = l ? rcu_dereference(l->fastopen_keys) : NULL;
	if (keys) {
		len = keys->num * sizeof(siphash_key_t);
		memcpy(bytes, keys->key, len);
	}
	rcu_read_unlock();
	return len;
}

/** xtcp_fastopen_destroy() - the socket goes: its keys, and its place in a listener's count */
void xtcp_fastopen_destroy(struct sock *sk)
{
	struct xtcp_listen *l = xtcp_sk(sk)->listen;
	struct xtcp_fastopen_keys *keys = l ? rcu_replace_pointer(l->fastopen_keys, NULL, true) : NULL;

	if (keys)
		kfree_rcu(keys, rcu);
	xtcp_fastopen_settled(sk);
}

/* ------------------------------------------------------------ the client's cookies */

/**
 * struct xtcp_fastopen_entry - what a client knows of a server
 * @raddr: the server
 * @laddr: our address
 * @cookie: @len bytes of it
 * @lost_at: second of the last loss of a SYN with data, if @losses
 * @used_at: second of the last use: the oldest of a bucket makes room
 * @mss: the server's MSS
 * @len: 0: no cookie
 * @losses: in a row
 */
struct xtcp_fastopen_entry {
	struct in6_addr raddr;
	struct in6_addr laddr;
	u8 cookie[XTCP_OPTIONS_FO_MAX];
	u32 lost_at;
	u32 used_at;
	u16 mss;
	u8 len;
	u8 losses;
};

/* The table is made when the first client asks: most namespaces never do. Process context */
static struct xtcp_fastopen_entry *xtcp_fastopen_table(struct xtcp_net *xn)
{
	struct xtcp_fastopen_entry *table = READ_ONCE(xn->fastopen);

	if (table)
		return table;
	table = kvcalloc(XTCP_FASTOPEN_BUCKETS * XTCP_FASTOPEN_WAYS, sizeof(*table), GFP_KERNEL);
	if (table && cmpxchg(&xn->fastopen, NULL, table)) {
		kvfree(table);
		table = xn->fastopen;
	}
	return table;
}

/* Under fastopen_lock. The entry for @t; with @make, a place for a new one if there is none. */
static struct xtcp_fastopen_entry *xtcp_fastopen_find(struct xtcp_net *xn, const struct xtcp_tuple *t, bool make)
{
	struct xtcp_tuple hosts = { .raddr = t->raddr, .laddr = t->laddr };
	struct xtcp_fastopen_entry *e, *oldest = NULL;
	unsigned int i;

	if (!xn->fastopen)
		return NULL;
	e = &xn->fastopen[xtcp_connect_hash(&hosts, 0) % XTCP_FASTOPEN_BUCKETS * XTCP_FASTOPEN_WAYS];
	for (i = 0; i < XTCP_FASTOPEN_WAYS; i++, e++) {
		if (e->used_at && ipv6_addr_equal(&e->raddr, &t->raddr) && ipv6_addr_equal(&e->laddr, &t->laddr))
			return e;
		if (!oldest || e->used_at < oldest->used_at)
			oldest = e;
	}
	if (!make)
		return NULL;
	*oldest = (struct xtcp_fastopen_entry){ .raddr = t->raddr, .laddr = t->laddr };
	return oldest;
}

/* SYNs with data that get lost are a sign of a middlebox: leave it for a while, longer each time (RFC 7413 4.1.3) */
static bool xtcp_fastopen_pausing(const struct xtcp_fastopen_entry *e)
{
	unsigned int shift = min_t(unsigned int, e->losses - 1, XTCP_FASTOPEN_PAUSE_SHIFT_MAX);

	return e->losses && xtcp_clock_s() - e->lost_at < XTCP_FASTOPEN_PAUSE_S << shift;
}

/* What is known of @sk's peer goes into its request. True: text may ride in the SYN. */
static bool xtcp_fastopen_lookup(struct sock *sk, u16 *mss)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_net *xn = xtcp_sk_net(sk);
	bool free_for_all = READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen) & TFO_CLIENT_NO_COOKIE ||
			    xs->tp.fastopen_no_cookie;
	const struct xtcp_fastopen_entry *e;
	struct xtcp_tuple t;
	bool text = false;

	*mss = 0;
	xs->fastopen_option = free_for_all ? XTCP_FASTOPEN_NONE : XTCP_FASTOPEN_ASK;
	xtcp_connect_fill_tuple(sk, &t);
	spin_lock_bh(&xn->fastopen_lock);
	e = xtcp_fastopen_find(xn, &t, false);
	if (e) {
		*mss = e->mss;
		if (xtcp_fastopen_pausing(e)) {
			xs->fastopen_option = XTCP_FASTOPEN_NONE;
		} else if (e->len && !free_for_all) {
			xs->fastopen_option = XTCP_FASTOPEN_COOKIE_SENT;
			text = true;
		} else {
			text = free_for_all;
		}
	} else {
		text = free_for_all;
	}
	spin_unlock_bh(&xn->fastopen_lock);
	return text;
}

/** xtcp_fastopen_option() - the option of a client's first SYN; lock held */
void xtcp_fastopen_option(struct sock *sk, struct xtcp_options *o)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_net *xn = xtcp_sk_net(sk);
	const struct xtcp_fastopen_entry *e;
	struct xtcp_tuple t;

	if (likely(xs->fastopen_option == XTCP_FASTOPEN_NONE))
		return;
	o->has_fo = true;
	o->fo_len = 0;
	if (xs->fastopen_option != XTCP_FASTOPEN_COOKIE_SENT)
		return;
	xtcp_connect_fill_tuple(sk, &t);
	spin_lock_bh(&xn->fastopen_lock);
	e = xtcp_fastopen_find(xn, &t, false);
	if (e) {
		o->fo_len = e->len;
		memcpy(o->fo, e->cookie, e->len);
	}
	spin_unlock_bh(&xn->fastopen_lock);
}

/** xtcp_fastopen_wanted() - does connect() wait for the first write (TCP_FASTOPEN_CONNECT)? Lock held */
bool xtcp_fastopen_wanted(struct sock *sk)
{
	u16 mss;

	if (!xtcp_sk(sk)->tp.fastopen_connect || xtcp_sk(sk)->tp.fastopen_req)
		return false;
	xtcp_sk(sk)->fastopen_used = true;
	xtcp_fastopen_table(xtcp_sk_net(sk));
	return xtcp_fastopen_lookup(sk, &mss);
}

/**
 * xtcp_fastopen_space() - how much of the user's text may ride in the SYN that is about to leave
 * @sk: in SYN-SENT, SYN not sent, tp->fastopen_req set by sendmsg()
 *
 * Return: bytes, 0 = none; also chooses the SYN's option.
 */
u32 xtcp_fastopen_space(struct sock *sk)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	u16 mss;

	if (!xtcp_fastopen_lookup(sk, &mss) || !xs->tp.fastopen_req || !xs->tp.fastopen_req->size)
		return 0;
	/* the peer's MSS of last time; options take their place, those of the SYN the most */
	mss = min_t(u32, mss ? : xtcp_default_mss(xs->v4), xs->tp.mss_cache);
	return min_t(size_t, xs->tp.fastopen_req->size,
		     mss > XTCP_OPTIONS_MAX_BYTES ? mss - XTCP_OPTIONS_MAX_BYTES : 0);
}

/**
 * xtcp_fastopen_answered() - the SYN-ACK is here: learn the cookie, and see what became of the text
 * @sk: established by it; the SYN is off the books, the text is not
 * @ack: SEG.ACK
 * @o: its options
 */
void xtcp_fastopen_answered(struct sock *sk, u32 ack, const struct xtcp_options *o)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_net *xn = xtcp_sk_net(sk);
	struct tcp_sock *tp = &xs->tp;
	bool text = tp->packets_out, taken = xtcp_seq_gt(ack, xs->isn + 1);
	struct xtcp_fastopen_entry *e;
	struct xtcp_tuple t;

	if (!xs->fastopen_used)
		return;
	xtcp_connect_fill_tuple(sk, &t);
	spin_lock_bh(&xn->fastopen_lock);
	e = xtcp_fastopen_find(xn, &t, o->has_fo && o->fo_len);
	if (e) {
		e->used_at = max(xtcp_clock_s(), 1u);
		e->mss = tp->rx_opt.mss_clamp;
		if (o->has_fo && o->fo_len) {
			e->len = o->fo_len;
			memcpy(e->cookie, o->fo, o->fo_len);
		}
		if (text && taken) {
			e->losses = 0;
		} else if (text && tp->total_retrans) {
			e->losses = min_t(u32, e->losses + 1u, 255);
			e->lost_at = xtcp_clock_s();
		}
	}
	spin_unlock_bh(&xn->fastopen_lock);
	if (!text)
		return;
	if (taken) {
		tp->syn_data_acked = 1;
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPFastOpenActive);
		xtcp_ack_syn_text(sk, ack);
	} else {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_TCPFastOpenActiveFail);
	}
	/* what was not taken was not lost either: no sign of congestion */
	if (tp->packets_out) {
		xtcp_retransmit_all_lost(sk);
		xtcp_retransmit_uncounted(sk);
		xtcp_timer_rtx_rearm(sk);
	}
}

/** xtcp_fastopen_net_exit() - forget all cookies */
void xtcp_fastopen_net_exit(struct net *net)
{
	kvfree(xtcp_net(net)->fastopen);
	xtcp_net(net)->fastopen = NULL;
}

/**
 * xtcp_fastopen_sendmsg() - sendmsg(MSG_FASTOPEN), or the first write after a deferred connect()
 * @sk: locked
 * @msg: its name is the destination
 * @size: bytes
 * @copied: out: bytes that left with the SYN
 *
 * Return: 0 if connected, -EINPROGRESS, -EOPNOTSUPP if switched off, -EALREADY, or connect()'s errors.
 */
int xtcp_fastopen_sendmsg(struct sock *sk, struct msghdr *msg, size_t size, size_t *copied)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct tcp_fastopen_request req = { .data = msg, .size = size };
	const struct sockaddr *addr = msg->msg_name;
	int err = 0;

	*copied = 0;
	if (!(READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_fastopen) & TFO_CLIENT_ENABLE) ||
	    (addr && msg->msg_namelen >= sizeof(addr->sa_family) && addr->sa_family == AF_UNSPEC))
		return -EOPNOTSUPP;
	if (xs->tp.fastopen_req)
		return -EALREADY;
	xtcp_fastopen_table(xtcp_sk_net(sk));
	xs->tp.fastopen_req = &req;
	xs->fastopen_used = true;
	if (xtcp_compat_deferred(sk)) {
		err = xtcp_control_syn(sk);
		if (err) {
			xtcp_close_done(sk);
			goto out;
		}
	}
	err = __inet_stream_connect(sk->sk_socket, msg->msg_name, msg->msg_namelen,
				    msg->msg_flags & MSG_DONTWAIT ? O_NONBLOCK : 0, 1);
	*copied = size - msg_data_left(msg);
	xtcp_compat_set_deferred(sk, false);
out:
	xs->tp.fastopen_req = NULL;
	return err;
}
