// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors about segments we sent: path MTU, redirects, unreachable destinations. Called by slot.c in softirq; what
 * quotes no segment of ours goes on to the kernel's TCP. An error is believed only if the quoted sequence number is in
 * flight, and never ends a synchronized connection. RFC 9293 3.9.2.2, RFC 5927, RFC 1191, RFC 8201.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/protocol.h>

#include <uapi/linux/xtcp_netlink.h>

#include "xtcp.h"

/* enum xtcp_icmp_kind - what an error asks for */
enum xtcp_icmp_kind {
	XTCP_ICMP_NOTHING,
	XTCP_ICMP_REDIRECT,
	XTCP_ICMP_MTU,
	XTCP_ICMP_ERROR,
};

/**
 * struct xtcp_icmp - one error, decoded
 * @kind: what it asks for
 * @err: errno, of an ERROR
 * @mtu: bytes, of an MTU
 * @seq: SEG.SEQ of the quoted segment
 * @ends_request: an ERROR that ends a connection request
 * @skb: the error
 * @info: third word of the message
 * @offset: of the quoted TCP header from skb->data, bytes
 */
struct xtcp_icmp {
	enum xtcp_icmp_kind kind;
	int err;
	u32 mtu;
	u32 seq;
	bool ends_request;
	struct sk_buff *skb;
	u32 info;
	unsigned int offset;
};

/* ------------------------------------------------------------ decoding */

static void xtcp_icmp_decode4(struct xtcp_icmp *e, u8 type, u8 code, u32 info)
{
	switch (type) {
	case ICMP_REDIRECT:
		e->kind = XTCP_ICMP_REDIRECT;
		return;
	case ICMP_PARAMETERPROB:
		e->err = EPROTO;
		e->ends_request = true;
		break;
	case ICMP_TIME_EXCEEDED:
		e->err = EHOSTUNREACH;
		e->ends_request = true;
		break;
	case ICMP_DEST_UNREACH:
		if (code > NR_ICMP_UNREACH)
			return;
		if (code == ICMP_FRAG_NEEDED) {
			e->kind = XTCP_ICMP_MTU;
			e->mtu = info;
			return;
		}
		e->err = icmp_err_convert[code].errno;
		e->ends_request = code == ICMP_NET_UNREACH || code == ICMP_HOST_UNREACH;
		break;
	default:	/* source quench too: RFC 6633 */
		return;
	}
	e->kind = XTCP_ICMP_ERROR;
}

static void xtcp_icmp_decode6(struct xtcp_icmp *e, u8 type, u8 code, u32 info)
{
	if (type == NDISC_REDIRECT) {
		e->kind = XTCP_ICMP_REDIRECT;
		return;
	}
	if (type == ICMPV6_PKT_TOOBIG) {
		/* RFC 8201 section 4: less than the minimum is no news */
		if (info >= IPV6_MIN_MTU)
			e->kind = XTCP_ICMP_MTU;
		e->mtu = info;
		return;
	}
	e->kind = XTCP_ICMP_ERROR;
	e->ends_request = icmpv6_err_convert(type, code, &e->err);
}

/* ------------------------------------------------------------ acting */

static bool xtcp_icmp_is_v4(const struct sock *sk)
{
	return sk->sk_family == AF_INET || xtcp_sk(sk)->v4;
}

static void xtcp_icmp_redirect(struct sock *sk, struct sk_buff *skb)
{
	struct dst_entry *dst = __sk_dst_check(sk, xtcp_icmp_is_v4(sk) ? 0 : inet6_sk(sk)->dst_cookie);

	if (dst)
		dst->ops->redirect(dst, sk, skb);
}

static bool xtcp_icmp_wants_errors(const struct sock *sk)
{
	return xtcp_compat_recverr(sk, xtcp_icmp_is_v4(sk));
}

/*
 * RFC 1122 4.2.3.9, RFC 5927 4.1: an opening connection gives up, an open one keeps the reason for its time-out, unless
 * the user asked to hear at once.
 */
static void xtcp_icmp_error(struct sock *sk, const struct xtcp_icmp *e, bool owned)
{
	bool opening = (1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV);
	int err = e->err;

	if (opening)
		xtcp_errqueue_icmp(sk, e->skb, err, e->info, e->offset);
	if (owned || !(opening || xtcp_icmp_wants_errors(sk))) {
		WRITE_ONCE(sk->sk_err_soft, err);
	} else if (opening) {
		xtcp_why_ends(sk, XTCP_REASON_UNREACHABLE);
		xtcp_close_reset(sk, err);
	} else {
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
	}
}

/* Does the socket take part in path MTU discovery (IP_MTU_DISCOVER)? */
static bool xtcp_icmp_accepts_mtu(const struct sock *sk)
{
	return xtcp_icmp_is_v4(sk) ? ip_sk_accept_pmtu(sk) : ip6_sk_accept_pmtu(sk);
}

static void xtcp_icmp_too_big(struct sock *sk, u32 mtu, bool owned)
{
	if (!xtcp_icmp_accepts_mtu(sk))
		return;
	WRITE_ONCE(tcp_sk(sk)->mtu_info, mtu);
	if (!owned)
		xtcp_icmp_mtu(sk);
	else if (!test_and_set_bit(XTCP_DEFER_MTU, &sk->sk_tsq_flags))
		sock_hold(sk);
}

static void xtcp_icmp_to_socket(struct sock *sk, const struct xtcp_icmp *e)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	bool owned;

	bh_lock_sock(sk);
	owned = sock_owned_by_user(sk);
	if (owned && e->kind != XTCP_ICMP_MTU)
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_LockDroppedIcmps);
	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		goto unlock;
	/* RFC 5927 4.1: who cannot see our segments cannot guess what is in flight */
	if (!xtcp_seq_in(e->seq, tp->snd_una, tp->snd_nxt)) {
		xtcp_mib_inc(sock_net(sk), XTCP_MIB_OutOfWindowIcmps);
		goto unlock;
	}
	if (e->kind == XTCP_ICMP_REDIRECT && !owned)
		xtcp_icmp_redirect(sk, e->skb);
	else if (e->kind == XTCP_ICMP_MTU)
		xtcp_icmp_too_big(sk, e->mtu, owned);
	else if (e->kind == XTCP_ICMP_ERROR)
		xtcp_icmp_error(sk, e, owned);
unlock:
	bh_unlock_sock(sk);
}

/* Requests send nothing that could be too big; a TIME-WAIT has nothing to lose. */
static void xtcp_icmp_to_mini(struct xtcp_mini *m, const struct xtcp_icmp *e)
{
	if (m->kind == XTCP_MINI_REQ && e->kind == XTCP_ICMP_ERROR && e->ends_request)
		xtcp_req_err(container_of(m, struct xtcp_req, m), e->seq);
}

/* ------------------------------------------------------------ path MTU */

/* Is any of the segments that this buffer was sent as longer than @mss? */
static bool xtcp_icmp_outgrew(const struct sk_buff *skb, u32 mss)
{
	return min_t(u32, skb->len, XTCP_CB(skb)->mss) > mss;
}

/*
 * What was dropped for its size is resent in smaller segments, now; that is no sign of congestion, so the window stays
 * (RFC 1191 6.4).
 */
static void xtcp_icmp_resend(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	struct sk_buff *skb;
	bool any = false;

	for (skb = tcp_rtx_queue_head(sk); skb; skb = skb_rb_next(skb)) {
		if (!xtcp_icmp_outgrew(skb, tp->mss_cache))
			continue;
		xtcp_retransmit_mark_lost(sk, skb);
		any = true;
	}
	if (!any)
		return;
	if (inet_csk(sk)->icsk_ca_state != TCP_CA_Loss) {
		tp->high_seq = tp->snd_nxt;
		tp->snd_ssthresh = tcp_current_ssthresh(sk);
		tp->prior_ssthresh = 0;
		tp->undo_marker = 0;
		xtcp_cong_set_state(sk, TCP_CA_Loss);
	}
	xtcp_retransmit_push(sk);
}

/**
 * xtcp_icmp_mtu() - act on a router's word that segments are too big for the path
 * @sk: connection, locked; tp->mtu_info is the MTU told, bytes
 *
 * The route keeps the path MTU (and forgets it in time), the segment size follows it down. Softirq, or process context
 * from release_sock().
 */
void xtcp_icmp_mtu(struct sock *sk)
{
	struct tcp_sock *tp = tcp_sk(sk);
	u32 told = READ_ONCE(tp->mtu_info);
	u32 old_mss = tp->mss_cache;
	struct dst_entry *dst;
	u32 mtu;

	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	dst = xtcp_route_check(sk);
	if (!dst || told >= dst_mtu(dst))
		return;
	dst->ops->update_pmtu(dst, sk, NULL, told, true);
	dst = xtcp_route_check(sk);
	if (!dst)
		return;
	mtu = dst_mtu(dst);
	/* the router wants less than IP is willing to go to: a reason to tell if the connection times out */
	if (told < mtu && xtcp_icmp_is_v4(sk) && ip_dont_fragment(sk, dst))
		WRITE_ONCE(sk->sk_err_soft, EMSGSIZE);
	if (xtcp_icmp_is_v4(sk) && inet_sk(sk)->pmtudisc == IP_PMTUDISC_DONT)
		return;
	if (mtu >= inet_csk(sk)->icsk_pmtu_cookie)
		return;
	xtcp_output_sync_mss(sk, mtu);
	if (tp->mss_cache < old_mss)
		xtcp_icmp_resend(sk);
}

/* ------------------------------------------------------------ whose is it */

struct xtcp_icmp_owner {
	struct sock *sk;
	struct xtcp_mini *m;
};

/* Search for the connection of the quoted segment. True: ours, with a reference. */
static bool xtcp_icmp_find(struct net *net, const struct xtcp_tuple *t, u32 hash, int ifindex, int sdif,
			   struct xtcp_icmp_owner *o)
{
	o->m = NULL;
	o->sk = xtcp_demux_find_conn(net, t, ifindex, sdif);
	if (o->sk && xtcp_is_ours(o->sk))
		return true;
	if (o->sk) {
		sock_gen_put(o->sk);
		return false;
	}
	o->m = xtcp_demux_find_mini(net, t, hash, ifindex, sdif);
	return o->m;
}

static void xtcp_icmp_deliver(const struct xtcp_icmp_owner *o, const struct xtcp_icmp *e)
{
	if (o->sk) {
		xtcp_icmp_to_socket(o->sk, e);
		sock_put(o->sk);
	} else {
		xtcp_icmp_to_mini(o->m, e);
		xtcp_demux_put_mini(o->m);
	}
}

/**
 * xtcp_icmp4_err() - an ICMP error that quotes a TCP segment
 * @skb: quoted IP header at skb->data, at least 8 bytes of the TCP header in the linear part
 * @info: next-hop MTU of "fragmentation needed", bytes
 * @kernel: whose err_handler gets it if the connection is not ours
 *
 * Softirq, under RCU. Return: as the kernel's handler, 0 if ours.
 */
int xtcp_icmp4_err(struct sk_buff *skb, u32 info, const struct net_protocol *kernel)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + iph->ihl * 4);
	struct xtcp_tuple t = { .lport = th->source, .rport = th->dest };
	struct xtcp_icmp e = { .seq = ntohl(th->seq), .skb = skb, .info = info, .offset = iph->ihl * 4 };
	struct net *net = dev_net(skb->dev);
	struct xtcp_icmp_owner owner;
	u32 hash;
	int ret;

	/* received while the kernel sends: an error is only advice, and not worth putting off */
	if (unlikely(xtcp_demux_passing()))
		return 0;
	ipv6_addr_set_v4mapped(iph->saddr, &t.laddr);
	ipv6_addr_set_v4mapped(iph->daddr, &t.raddr);
	hash = xtcp_demux_hash(net, &t);
	xtcp_demux_pass_begin(hash);
	if (!xtcp_icmp_find(net, &t, hash, inet_iif(skb), inet_sdif(skb), &owner)) {
		ret = kernel->err_handler(skb, info);
		xtcp_demux_pass_end(hash);
		xtcp_slot_catch_up();
		return ret;
	}
	xtcp_demux_pass_end(hash);
	xtcp_icmp_decode4(&e, icmp_hdr(skb)->type, icmp_hdr(skb)->code, info);
	xtcp_icmp_deliver(&owner, &e);
	return 0;
}

/**
 * xtcp_icmp6_err() - the same for ICMPv6
 * @skb: quoted IPv6 header at skb->data
 * @opt: for the kernel's handler
 * @type: ICMPv6 type
 * @code: ICMPv6 code
 * @offset: of the quoted TCP header from skb->data, bytes; 8 bytes of it are in the linear part
 * @info: third word of the message, for "packet too big" the MTU in bytes
 * @kernel: whose err_handler gets it if the connection is not ours
 */
int xtcp_icmp6_err(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type, u8 code, int offset, __be32 info,
		   const struct inet6_protocol *kernel)
{
	const struct ipv6hdr *iph = (const struct ipv6hdr *)skb->data;
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + offset);
	struct xtcp_tuple t = { .laddr = iph->saddr, .raddr = iph->daddr, .lport = th->source, .rport = th->dest };
	struct xtcp_icmp e = { .seq = ntohl(th->seq), .skb = skb, .info = ntohl(info), .offset = offset };
	struct net *net = dev_net(skb->dev);
	u32 hash = xtcp_demux_hash(net, &t);
	struct xtcp_icmp_owner owner;
	int ret;

	if (unlikely(xtcp_demux_passing()))
		return 0;
	xtcp_demux_pass_begin(hash);
	if (ipv6_addr_v4mapped(&t.raddr) ||
	    !xtcp_icmp_find(net, &t, hash, skb->dev->ifindex, inet6_sdif(skb), &owner)) {
		ret = kernel->err_handler(skb, opt, type, code, offset, info);
		xtcp_demux_pass_end(hash);
		xtcp_slot_catch_up();
		return ret;
	}
	xtcp_demux_pass_end(hash);
	xtcp_icmp_decode6(&e, type, code, ntohl(info));
	xtcp_icmp_deliver(&owner, &e);
	return 0;
}
