// SPDX-License-Identifier: GPL-2.0
/*
 * Events: a connection was opened, ended, stalled; a listener overflowed or fills up; a policy was applied. Multicast
 * to the group "events" of the network namespace, at most net.xtcp.event_rate a second; the next one says how many were
 * missed. Nothing is built while nobody listens. Softirq or process context, whatever locks are held.
 */
#include "xtcp.h"
#include "ctl/ctl.h"

#define XTCP_EVENT_BYTES	1024

/** xtcp_event_wanted() - does anybody listen in @net? */
bool xtcp_event_wanted(struct net *net)
{
	return genl_has_listeners(&xtcp_genl_family, net, XTCP_GENL_GROUP_EVENTS);
}

/* May one more leave? Then *missed says how many could not before it. */
static bool xtcp_event_allowed(struct xtcp_net *xn, u32 *missed)
{
	struct xtcp_ctl *ctl = xn->ctl;
	bool ok;

	spin_lock_bh(&ctl->event_lock);
	ok = xtcp_budget_take(&ctl->events, xtcp_clock_s(), READ_ONCE(xn->knobs.event_rate));
	*missed = ctl->missed;
	ctl->missed = ok ? 0 : ctl->missed + 1;
	spin_unlock_bh(&ctl->event_lock);
	return ok;
}

/* So many more were not told: the next one says so. */
static void xtcp_event_missed(struct xtcp_net *xn, u32 count)
{
	spin_lock_bh(&xn->ctl->event_lock);
	xn->ctl->missed += count;
	spin_unlock_bh(&xn->ctl->event_lock);
}

static struct sk_buff *xtcp_event_begin(struct net *net, u8 cmd, void **hdr)
{
	struct sk_buff *skb;
	u32 missed;

	if (!xtcp_event_wanted(net) || !xtcp_event_allowed(xtcp_net(net), &missed))
		return NULL;
	skb = genlmsg_new(XTCP_EVENT_BYTES, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb) {
		xtcp_event_missed(xtcp_net(net), missed + 1);
		return NULL;
	}
	*hdr = genlmsg_put(skb, 0, 0, &xtcp_genl_family, 0, cmd);
	if (missed && nla_put_u32(skb, XTCP_A_CONN_MISSED, missed)) {
		nlmsg_free(skb);
		return NULL;
	}
	return skb;
}

static void xtcp_event_send(struct net *net, struct sk_buff *skb, void *hdr, int err)
{
	if (err) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, hdr);
	genlmsg_multicast_netns(&xtcp_genl_family, net, skb, 0, XTCP_GENL_GROUP_EVENTS, GFP_ATOMIC);
}

static int xtcp_event_fill_sock(struct sk_buff *skb, struct sock *sk, enum xtcp_kind kind)
{
	struct xtcp_tuple t;

	xtcp_connect_fill_tuple(sk, &t);
	if (nla_put_u32(skb, XTCP_A_CONN_KIND, kind) || nla_put_u16(skb, XTCP_A_CONN_FAMILY, sk->sk_family) ||
	    nla_put_u8(skb, XTCP_A_CONN_STATE, sk->sk_state) ||
	    xtcp_fill_tuple(skb, &t, sk->sk_family, xtcp_fill_conn_attrs) ||
	    nla_put_u64_64bit(skb, XTCP_A_CONN_COOKIE, xtcp_diag_cookie(sk), XTCP_A_CONN_PAD))
		return -EMSGSIZE;
	return 0;
}

static void xtcp_event_conn(struct sock *sk, u8 cmd)
{
	struct net *net = sock_net(sk);
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = xtcp_event_begin(net, cmd, &hdr);
	if (!skb)
		return;
	err = xtcp_event_fill_sock(skb, sk, XTCP_KIND_SOCKET);
	if (!err && xtcp_sk(sk)->policy)
		err = nla_put_u32(skb, XTCP_A_CONN_POLICY, xtcp_sk(sk)->policy);
	xtcp_event_send(net, skb, hdr, err);
}

/** xtcp_event_established() - a connection was opened; socket lock held */
void xtcp_event_established(struct sock *sk)
{
	xtcp_event_conn(sk, XTCP_CMD_ESTABLISHED_NTF);
}

/** xtcp_event_stalled() - a time-out in a row: is it the one that makes a stalled connection? Socket lock held */
void xtcp_event_stalled(struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);

	if (max(icsk->icsk_retransmits, icsk->icsk_probes_out) == READ_ONCE(xtcp_sk_net(sk)->knobs.stall_retries))
		xtcp_event_conn(sk, XTCP_CMD_STALLED_NTF);
}

/** xtcp_event_policy() - a policy was applied to @sk */
void xtcp_event_policy(struct sock *sk)
{
	xtcp_event_conn(sk, XTCP_CMD_POLICY_NTF);
}

/** xtcp_event_closed() - a connection ended; @c is the caller's */
void xtcp_event_closed(struct net *net, const struct xtcp_closed *c)
{
	struct nlattr *nest;
	struct sk_buff *skb;
	void *hdr;
	int err = -EMSGSIZE;

	skb = xtcp_event_begin(net, XTCP_CMD_CLOSED_NTF, &hdr);
	if (!skb)
		return;
	nest = nla_nest_start(skb, XTCP_A_CONN_CLOSED);
	if (nest) {
		err = xtcp_closed_fill(skb, c, net->user_ns);
		nla_nest_end(skb, nest);
	}
	xtcp_event_send(net, skb, hdr, err);
}

/** xtcp_event_listener() - a listener turned a connection away (overflow-ntf) or fills up (alarm-ntf) */
void xtcp_event_listener(struct sock *listener, u8 cmd, enum xtcp_cause cause)
{
	struct net *net = sock_net(listener);
	struct sk_buff *skb;
	void *hdr;
	int err;

	skb = xtcp_event_begin(net, cmd, &hdr);
	if (!skb)
		return;
	err = xtcp_event_fill_sock(skb, listener, XTCP_KIND_LISTENER);
	if (!err)
		err = nla_put_u32(skb, XTCP_A_CONN_CAUSE, cause);
	if (!err)
		err = xtcp_fill_listen(skb, listener);
	xtcp_event_send(net, skb, hdr, err);
}
