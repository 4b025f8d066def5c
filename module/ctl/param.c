// SPDX-License-Identifier: GPL-2.0
/*
 * Parameters of a connection, as netlink attributes, as a policy has them, and as a socket keeps them. Called by the
 * netlink handlers, by policy.c, and for the defaults of a new connection. Socket options of the same meaning write the
 * same fields.
 */
#include <uapi/linux/xtcp.h>

#include "xtcp.h"
#include "ctl/ctl.h"

static_assert(XTCP_A_PARAM_MAX < 8 * sizeof_field(struct xtcp_sock, params_own));

/* What a program can set that has no value for "not set". */
#define XTCP_PARAMS_OWN		(BIT(XTCP_A_PARAM_RTO_MIN_US) | BIT(XTCP_A_PARAM_RTO_MAX_MS) | \
				 BIT(XTCP_A_PARAM_DELACK_MAX_MS))
#define XTCP_PARAMS_KEEP	(BIT(XTCP_A_PARAM_KEEP_IDLE_S) | BIT(XTCP_A_PARAM_KEEP_INTERVAL_S) | \
				 BIT(XTCP_A_PARAM_KEEP_COUNT))

/** xtcp_param_init() - what net.xtcp says a new socket begins with; socket lock held, or a child nobody knows */
void xtcp_param_init(struct sock *sk)
{
	const struct xtcp_knobs *k = &xtcp_sk_net(sk)->knobs;
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);

	if (!(xs->params_own & BIT(XTCP_A_PARAM_RTO_MIN_US)))
		icsk->icsk_rto_min = usecs_to_jiffies(READ_ONCE(k->rto_min_us));
	if (!(xs->params_own & BIT(XTCP_A_PARAM_DELACK_MAX_MS)))
		icsk->icsk_delack_max = msecs_to_jiffies(READ_ONCE(k->delack_max_ms));
	if (!(xs->params_own & BIT(XTCP_A_PARAM_RTO_MAX_MS)))
		xs->rto_max_us = READ_ONCE(k->rto_max_ms) * USEC_PER_MSEC;
	xs->init_cwnd = 0;
	xs->quickack = READ_ONCE(k->quickack);
	xs->policy = 0;
}

/* Forget what the policy of the connection before this one has set: it was that connection's. */
static void xtcp_param_forget(struct sock *sk, bool accepted)
{
	u32 set = xtcp_sk(sk)->params_policy;
	struct tcp_sock *tp = tcp_sk(sk);

	if (likely(!set))
		return;
	if (set & BIT(XTCP_A_PARAM_CONGESTION) && !accepted && !inet_csk(sk)->icsk_ca_setsockopt)
		xtcp_cong_assign(sk);
	if (set & BIT(XTCP_A_PARAM_TIME_WAIT_MS))
		xtcp_sk(sk)->time_wait_ms = 0;
	if (set & BIT(XTCP_A_PARAM_USER_TIMEOUT_MS))
		WRITE_ONCE(inet_csk(sk)->icsk_user_timeout, 0);
	if (set & XTCP_PARAMS_KEEP) {
		sock_reset_flag(sk, SOCK_KEEPOPEN);
		WRITE_ONCE(tp->keepalive_time, 0);
		WRITE_ONCE(tp->keepalive_intvl, 0);
		WRITE_ONCE(tp->keepalive_probes, 0);
	}
	if (set & BIT(XTCP_A_PARAM_PACING_RATE)) {
		sk->sk_max_pacing_rate = ~0UL;
		sk->sk_pacing_rate = ~0UL;
	}
	if (set & BIT(XTCP_A_PARAM_NOTSENT_LOWAT))
		WRITE_ONCE(tp->notsent_lowat, 0);
	xtcp_sk(sk)->params_policy = 0;
}

/**
 * xtcp_param_begin() - a connection begins: the values of net.xtcp of this moment, and what the program has set
 * @sk: locked, or a child nobody knows; its algorithm is not running
 * @accepted: a child of a listener, in softirq; else in process context
 */
void xtcp_param_begin(struct sock *sk, bool accepted)
{
	xtcp_param_forget(sk, accepted);
	xtcp_param_init(sk);
}

/** xtcp_param_own() - the program has set @optname itself, which no policy may undo; socket lock held */
void xtcp_param_own(struct sock *sk, int optname)
{
	struct xtcp_sock *xs = xtcp_sk(sk);
	u32 what = 0;

	switch (optname) {
	case TCP_RTO_MIN_US:
		what = BIT(XTCP_A_PARAM_RTO_MIN_US);
		break;
	case TCP_RTO_MAX_MS:
		what = BIT(XTCP_A_PARAM_RTO_MAX_MS);
		break;
	case TCP_DELACK_MAX_US:
		what = BIT(XTCP_A_PARAM_DELACK_MAX_MS);
		break;
	case TCP_KEEPIDLE:
	case TCP_KEEPINTVL:
	case TCP_KEEPCNT:
		what = XTCP_PARAMS_KEEP;
		break;
	case TCP_USER_TIMEOUT:
		what = BIT(XTCP_A_PARAM_USER_TIMEOUT_MS);
		break;
	case TCP_NOTSENT_LOWAT:
		what = BIT(XTCP_A_PARAM_NOTSENT_LOWAT);
		break;
	case TCP_XTCP_TIME_WAIT_MS:
		what = BIT(XTCP_A_PARAM_TIME_WAIT_MS);
		break;
	}
	xs->params_own |= what & XTCP_PARAMS_OWN;
	xs->params_policy &= ~what;
}

/* ------------------------------------------------------------ messages */

/**
 * xtcp_param_parse() - read a nest of parameters
 * @net: namespace whose algorithms are meant
 * @nest: validated by the attribute policy already
 * @p: filled
 * @extack: for what is wrong
 *
 * May sleep and load the module of an algorithm. Return: 0, -EINVAL, -ENOENT (no such algorithm), or as TCP_CONGESTION.
 */
int xtcp_param_parse(struct net *net, const struct nlattr *nest, struct xtcp_params *p, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[XTCP_A_PARAM_MAX + 1];
	int i, err;

	memset(p, 0, sizeof(*p));
	err = nla_parse_nested(tb, XTCP_A_PARAM_MAX, nest, xtcp_param_policy, extack);
	if (err)
		return err;
	for (i = XTCP_A_PARAM_CONGESTION; i <= XTCP_A_PARAM_MAX; i++) {
		if (!tb[i])
			continue;
		p->set |= BIT(i);
		if (i == XTCP_A_PARAM_PACING_RATE)
			p->pacing_rate = nla_get_u64(tb[i]);
		else if (i == XTCP_A_PARAM_QUICKACK)
			p->val[i] = nla_get_u8(tb[i]);
		else if (i != XTCP_A_PARAM_CONGESTION)
			p->val[i] = nla_get_u32(tb[i]);
	}
	if (!p->set) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "no parameter");
		return -EINVAL;
	}
	if (tb[XTCP_A_PARAM_RTO_MIN_US] && tb[XTCP_A_PARAM_RTO_MAX_MS] &&
	    p->val[XTCP_A_PARAM_RTO_MIN_US] / USEC_PER_MSEC > p->val[XTCP_A_PARAM_RTO_MAX_MS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[XTCP_A_PARAM_RTO_MIN_US], "the least RTO is more than the most");
		return -EINVAL;
	}
	if (!tb[XTCP_A_PARAM_CONGESTION])
		return 0;
	p->ops = xtcp_cong_find(net, nla_data(tb[XTCP_A_PARAM_CONGESTION]));
	if (!IS_ERR(p->ops))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, tb[XTCP_A_PARAM_CONGESTION], "no such congestion control");
	return PTR_ERR(p->ops);
}

/** xtcp_param_fill() - put parameters into a message as nest @attr; -EMSGSIZE */
int xtcp_param_fill(struct sk_buff *skb, int attr, const struct xtcp_params *p)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int i, err = 0;

	if (!nest)
		return -EMSGSIZE;
	for (i = XTCP_A_PARAM_CONGESTION; i <= XTCP_A_PARAM_MAX && !err; i++) {
		if (!(p->set & BIT(i)))
			continue;
		if (i == XTCP_A_PARAM_CONGESTION)
			err = nla_put_string(skb, i, p->ops->name);
		else if (i == XTCP_A_PARAM_PACING_RATE)
			err = nla_put_u64_64bit(skb, i, p->pacing_rate, XTCP_A_PARAM_PAD);
		else if (i == XTCP_A_PARAM_QUICKACK)
			err = nla_put_u8(skb, i, p->val[i]);
		else
			err = nla_put_u32(skb, i, p->val[i]);
	}
	if (err) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/* ------------------------------------------------------------ sockets */

static void xtcp_param_note(struct xtcp_params *p, int attr, u32 val)
{
	if (!val)
		return;
	p->val[attr] = val;
	p->set |= BIT(attr);
}

/** xtcp_param_read() - the parameters that a socket has; what is left to the namespace's defaults is left out */
void xtcp_param_read(const struct sock *sk, struct xtcp_params *p)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct xtcp_sock *xs = xtcp_sk(sk);
	const struct tcp_sock *tp = &xs->tp;

	memset(p, 0, sizeof(*p));
	p->ops = READ_ONCE(icsk->icsk_ca_ops);
	p->set = BIT(XTCP_A_PARAM_CONGESTION) | BIT(XTCP_A_PARAM_QUICKACK);
	p->val[XTCP_A_PARAM_QUICKACK] = xs->quickack;
	xtcp_param_note(p, XTCP_A_PARAM_INIT_CWND, xs->init_cwnd);
	xtcp_param_note(p, XTCP_A_PARAM_RTO_MIN_US, jiffies_to_usecs(icsk->icsk_rto_min));
	xtcp_param_note(p, XTCP_A_PARAM_RTO_MAX_MS, xs->rto_max_us / USEC_PER_MSEC);
	xtcp_param_note(p, XTCP_A_PARAM_DELACK_MAX_MS, jiffies_to_msecs(icsk->icsk_delack_max));
	xtcp_param_note(p, XTCP_A_PARAM_TIME_WAIT_MS, xs->time_wait_ms);
	xtcp_param_note(p, XTCP_A_PARAM_USER_TIMEOUT_MS, READ_ONCE(icsk->icsk_user_timeout));
	if (sock_flag(sk, SOCK_KEEPOPEN)) {
		xtcp_param_note(p, XTCP_A_PARAM_KEEP_IDLE_S, keepalive_time_when(tp) / HZ);
		xtcp_param_note(p, XTCP_A_PARAM_KEEP_INTERVAL_S, keepalive_intvl_when(tp) / HZ);
		xtcp_param_note(p, XTCP_A_PARAM_KEEP_COUNT, keepalive_probes(tp));
	}
	xtcp_param_note(p, XTCP_A_PARAM_NOTSENT_LOWAT, READ_ONCE(tp->notsent_lowat));
	if (sk->sk_max_pacing_rate != ~0UL) {
		p->pacing_rate = sk->sk_max_pacing_rate;
		p->set |= BIT(XTCP_A_PARAM_PACING_RATE);
	}
}

/* Keepalive: setting any of the three switches it on. */
static void xtcp_param_keepalive(struct sock *sk, const struct xtcp_params *p, u32 due)
{
	struct tcp_sock *tp = tcp_sk(sk);

	if (due & BIT(XTCP_A_PARAM_KEEP_IDLE_S))
		WRITE_ONCE(tp->keepalive_time, p->val[XTCP_A_PARAM_KEEP_IDLE_S] * HZ);
	if (due & BIT(XTCP_A_PARAM_KEEP_INTERVAL_S))
		WRITE_ONCE(tp->keepalive_intvl, p->val[XTCP_A_PARAM_KEEP_INTERVAL_S] * HZ);
	if (due & BIT(XTCP_A_PARAM_KEEP_COUNT))
		WRITE_ONCE(tp->keepalive_probes, p->val[XTCP_A_PARAM_KEEP_COUNT]);
	sock_set_flag(sk, SOCK_KEEPOPEN);
	/* one that is being opened starts it when it is established */
	if ((1 << sk->sk_state) & ~(TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT | TCPF_SYN_RECV))
		xtcp_timer_keep_start(sk, keepalive_time_when(tp));
}

static void xtcp_param_pacing(struct sock *sk, u64 rate)
{
	sk->sk_max_pacing_rate = min_t(u64, rate, ~0UL);
	sk->sk_pacing_rate = min(sk->sk_pacing_rate, sk->sk_max_pacing_rate);
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
}

/* RTO bounds change what is waited for at once: the RTO is derived anew from what was measured. */
static void xtcp_param_rto(struct sock *sk, const struct xtcp_params *p, u32 due)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	struct xtcp_rtt r = { .srtt_us = xs->tp.srtt_us, .rttvar_us = xs->tp.rttvar_us };

	if (due & BIT(XTCP_A_PARAM_RTO_MIN_US))
		icsk->icsk_rto_min = usecs_to_jiffies(p->val[XTCP_A_PARAM_RTO_MIN_US]);
	if (due & BIT(XTCP_A_PARAM_RTO_MAX_MS))
		xs->rto_max_us = p->val[XTCP_A_PARAM_RTO_MAX_MS] * USEC_PER_MSEC;
	if (!r.srtt_us)
		return;
	xs->rto_us = xtcp_rtt_rto(&r, xtcp_timer_rto_min_us(sk), xs->rto_max_us);
	icsk->icsk_rto = usecs_to_jiffies(xs->rto_us);
}

/* What of @p is to be set: all of it by force, else what the program has left alone. */
static u32 xtcp_param_due(const struct sock *sk, const struct xtcp_params *p, bool force)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct xtcp_sock *xs = xtcp_sk(sk);
	u32 due = p->set;

	/* an algorithm that runs is changed by xtcp_cong_set() alone */
	if (icsk->icsk_ca_initialized)
		due &= ~BIT(XTCP_A_PARAM_CONGESTION);
	if (force)
		return due;
	due &= ~xs->params_own;
	if (icsk->icsk_ca_setsockopt)
		due &= ~BIT(XTCP_A_PARAM_CONGESTION);
	if (xs->time_wait_ms)
		due &= ~BIT(XTCP_A_PARAM_TIME_WAIT_MS);
	if (icsk->icsk_user_timeout)
		due &= ~BIT(XTCP_A_PARAM_USER_TIMEOUT_MS);
	if (sock_flag(sk, SOCK_KEEPOPEN))
		due &= ~XTCP_PARAMS_KEEP;
	if (p->pacing_rate >= sk->sk_max_pacing_rate)
		due &= ~BIT(XTCP_A_PARAM_PACING_RATE);
	if (xs->tp.notsent_lowat)
		due &= ~BIT(XTCP_A_PARAM_NOTSENT_LOWAT);
	return due;
}

/**
 * xtcp_param_apply() - set parameters on a socket
 * @sk: locked, or a child nobody knows; any context
 * @p: the congestion control only if it has not started
 * @force: also over what the program has set itself, and for good; else for the connection that begins
 */
void xtcp_param_apply(struct sock *sk, const struct xtcp_params *p, bool force)
{
	struct inet_connection_sock *icsk = inet_csk(sk);
	struct xtcp_sock *xs = xtcp_sk(sk);
	u32 due = xtcp_param_due(sk, p, force);

	if (due & BIT(XTCP_A_PARAM_CONGESTION))
		xtcp_cong_use(sk, p->ops);
	if (due & BIT(XTCP_A_PARAM_INIT_CWND))
		xs->init_cwnd = p->val[XTCP_A_PARAM_INIT_CWND];
	if (due & (BIT(XTCP_A_PARAM_RTO_MIN_US) | BIT(XTCP_A_PARAM_RTO_MAX_MS)))
		xtcp_param_rto(sk, p, due);
	if (due & BIT(XTCP_A_PARAM_DELACK_MAX_MS))
		icsk->icsk_delack_max = msecs_to_jiffies(p->val[XTCP_A_PARAM_DELACK_MAX_MS]);
	if (due & BIT(XTCP_A_PARAM_TIME_WAIT_MS))
		xs->time_wait_ms = p->val[XTCP_A_PARAM_TIME_WAIT_MS];
	if (due & BIT(XTCP_A_PARAM_USER_TIMEOUT_MS))
		WRITE_ONCE(icsk->icsk_user_timeout, p->val[XTCP_A_PARAM_USER_TIMEOUT_MS]);
	if (due & XTCP_PARAMS_KEEP)
		xtcp_param_keepalive(sk, p, due);
	if (due & BIT(XTCP_A_PARAM_PACING_RATE))
		xtcp_param_pacing(sk, p->pacing_rate);
	if (due & BIT(XTCP_A_PARAM_NOTSENT_LOWAT))
		WRITE_ONCE(xs->tp.notsent_lowat, p->val[XTCP_A_PARAM_NOTSENT_LOWAT]);
	if (due & BIT(XTCP_A_PARAM_QUICKACK))
		xs->quickack = p->val[XTCP_A_PARAM_QUICKACK];
	if (force) {
		xs->params_own |= due & XTCP_PARAMS_OWN;
		xs->params_policy &= ~due;
	} else {
		xs->params_policy |= due;
	}
}
