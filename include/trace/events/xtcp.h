/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of XTCP: those of the kernel's TCP, with the same fields in the same form, so that a script written
 * for tcp:tcp_retransmit_skb works with xtcp:xtcp_retransmit_skb. State changes are sock:inet_sock_set_state,
 * dropped segments skb:kfree_skb, both the kernel's own. Documentation/tracing.rst.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xtcp

#if !defined(_TRACE_XTCP_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_XTCP_H

#include <linux/ipv6.h>
#include <linux/tracepoint.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#ifndef XTCP_TRACE_FAMILY
#define XTCP_TRACE_FAMILY(family) __print_symbolic(family, { AF_INET, "AF_INET" }, { AF_INET6, "AF_INET6" })
#define XTCP_TRACE_STATE(state)							\
	__print_symbolic(state, { TCP_ESTABLISHED, "TCP_ESTABLISHED" }, { TCP_SYN_SENT, "TCP_SYN_SENT" },	\
			 { TCP_SYN_RECV, "TCP_SYN_RECV" }, { TCP_FIN_WAIT1, "TCP_FIN_WAIT1" },			\
			 { TCP_FIN_WAIT2, "TCP_FIN_WAIT2" }, { TCP_TIME_WAIT, "TCP_TIME_WAIT" },		\
			 { TCP_CLOSE, "TCP_CLOSE" }, { TCP_CLOSE_WAIT, "TCP_CLOSE_WAIT" },			\
			 { TCP_LAST_ACK, "TCP_LAST_ACK" }, { TCP_LISTEN, "TCP_LISTEN" },			\
			 { TCP_CLOSING, "TCP_CLOSING" })
#endif

#ifndef _TRACE_XTCP_TUPLE
#define _TRACE_XTCP_TUPLE
/* addresses as both forms that the kernel's tracepoints have: IPv4, and IPv6 with IPv4 mapped into it */
static inline void xtcp_trace_addrs(const struct xtcp_tuple *t, u8 *saddr, u8 *daddr, u8 *saddr6, u8 *daddr6)
{
	bool v4 = xtcp_tuple_is_v4(t);

	memset(saddr, 0, 4);
	memset(daddr, 0, 4);
	if (v4) {
		memcpy(saddr, &t->laddr.s6_addr32[3], 4);
		memcpy(daddr, &t->raddr.s6_addr32[3], 4);
	}
	memcpy(saddr6, &t->laddr, 16);
	memcpy(daddr6, &t->raddr, 16);
}
#endif

#define XTCP_TRACE_ADDRS						\
	__field(__u16, sport)						\
	__field(__u16, dport)						\
	__field(__u16, family)						\
	__array(__u8, saddr, 4)						\
	__array(__u8, daddr, 4)						\
	__array(__u8, saddr_v6, 16)					\
	__array(__u8, daddr_v6, 16)

#define XTCP_TRACE_ASSIGN(tuple)					\
	__entry->sport = ntohs((tuple).lport);				\
	__entry->dport = ntohs((tuple).rport);				\
	xtcp_trace_addrs(&(tuple), __entry->saddr, __entry->daddr, __entry->saddr_v6, __entry->daddr_v6)

DECLARE_EVENT_CLASS(xtcp_sk_skb,
	TP_PROTO(const struct sock *sk, const struct sk_buff *skb),
	TP_ARGS(sk, skb),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(const void *, skaddr)
		__field(int, state)
		XTCP_TRACE_ADDRS
	),
	TP_fast_assign(
		struct xtcp_tuple t;

		xtcp_connect_fill_tuple(sk, &t);
		__entry->skbaddr = skb;
		__entry->skaddr = sk;
		__entry->state = sk->sk_state;
		__entry->family = sk->sk_family;
		XTCP_TRACE_ASSIGN(t);
	),
	TP_printk("family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c state=%s",
		  XTCP_TRACE_FAMILY(__entry->family), __entry->sport, __entry->dport, __entry->saddr, __entry->daddr,
		  __entry->saddr_v6, __entry->daddr_v6, XTCP_TRACE_STATE(__entry->state))
);

DEFINE_EVENT(xtcp_sk_skb, xtcp_retransmit_skb,
	TP_PROTO(const struct sock *sk, const struct sk_buff *skb),
	TP_ARGS(sk, skb)
);

/* skb is NULL: the reset is ours, nothing that came in caused it */
DEFINE_EVENT(xtcp_sk_skb, xtcp_send_reset,
	TP_PROTO(const struct sock *sk, const struct sk_buff *skb),
	TP_ARGS(sk, skb)
);

DECLARE_EVENT_CLASS(xtcp_sk,
	TP_PROTO(struct sock *sk),
	TP_ARGS(sk),
	TP_STRUCT__entry(
		__field(const void *, skaddr)
		XTCP_TRACE_ADDRS
		__field(__u64, sock_cookie)
	),
	TP_fast_assign(
		struct xtcp_tuple t;

		xtcp_connect_fill_tuple(sk, &t);
		__entry->skaddr = sk;
		__entry->family = sk->sk_family;
		XTCP_TRACE_ASSIGN(t);
		__entry->sock_cookie = xtcp_diag_cookie(sk);
	),
	TP_printk("family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c sock_cookie=%llx",
		  XTCP_TRACE_FAMILY(__entry->family), __entry->sport, __entry->dport, __entry->saddr, __entry->daddr,
		  __entry->saddr_v6, __entry->daddr_v6, __entry->sock_cookie)
);

DEFINE_EVENT(xtcp_sk, xtcp_receive_reset, TP_PROTO(struct sock *sk), TP_ARGS(sk));
DEFINE_EVENT(xtcp_sk, xtcp_destroy_sock, TP_PROTO(struct sock *sk), TP_ARGS(sk));
DEFINE_EVENT(xtcp_sk, xtcp_rcv_space_adjust, TP_PROTO(struct sock *sk), TP_ARGS(sk));

TRACE_EVENT(xtcp_retransmit_synack,
	TP_PROTO(const struct sock *sk, const struct xtcp_req *req),
	TP_ARGS(sk, req),
	TP_STRUCT__entry(
		__field(const void *, skaddr)
		__field(const void *, req)
		XTCP_TRACE_ADDRS
	),
	TP_fast_assign(
		__entry->skaddr = sk;
		__entry->req = req;
		__entry->family = sk->sk_family;
		XTCP_TRACE_ASSIGN(req->m.tuple);
	),
	TP_printk("family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c",
		  XTCP_TRACE_FAMILY(__entry->family), __entry->sport, __entry->dport, __entry->saddr, __entry->daddr,
		  __entry->saddr_v6, __entry->daddr_v6)
);

TRACE_EVENT(xtcp_cong_state_set,
	TP_PROTO(struct sock *sk, const u8 ca_state),
	TP_ARGS(sk, ca_state),
	TP_STRUCT__entry(
		__field(const void *, skaddr)
		XTCP_TRACE_ADDRS
		__field(__u8, cong_state)
	),
	TP_fast_assign(
		struct xtcp_tuple t;

		xtcp_connect_fill_tuple(sk, &t);
		__entry->skaddr = sk;
		__entry->family = sk->sk_family;
		XTCP_TRACE_ASSIGN(t);
		__entry->cong_state = ca_state;
	),
	TP_printk("family=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 saddrv6=%pI6c daddrv6=%pI6c cong_state=%u",
		  XTCP_TRACE_FAMILY(__entry->family), __entry->sport, __entry->dport, __entry->saddr, __entry->daddr,
		  __entry->saddr_v6, __entry->daddr_v6, __entry->cong_state)
);

/* a segment arrives at a connection: its state before it is processed */
TRACE_EVENT(xtcp_probe,
	TP_PROTO(struct sock *sk, struct sk_buff *skb),
	TP_ARGS(sk, skb),
	TP_STRUCT__entry(
		XTCP_TRACE_ADDRS
		__field(__u32, mark)
		__field(__u16, data_len)
		__field(__u32, snd_nxt)
		__field(__u32, snd_una)
		__field(__u32, snd_cwnd)
		__field(__u32, ssthresh)
		__field(__u32, snd_wnd)
		__field(__u32, srtt)
		__field(__u32, rcv_wnd)
		__field(__u64, sock_cookie)
		__field(const void *, skbaddr)
		__field(const void *, skaddr)
	),
	TP_fast_assign(
		const struct tcp_sock *tp = tcp_sk(sk);
		struct xtcp_tuple t;

		xtcp_connect_fill_tuple(sk, &t);
		__entry->family = sk->sk_family;
		XTCP_TRACE_ASSIGN(t);
		__entry->mark = skb->mark;
		__entry->data_len = skb->len - tcp_hdrlen(skb);
		__entry->snd_nxt = tp->snd_nxt;
		__entry->snd_una = tp->snd_una;
		__entry->snd_cwnd = tp->snd_cwnd;
		__entry->ssthresh = tp->snd_ssthresh;
		__entry->snd_wnd = tp->snd_wnd;
		__entry->srtt = tp->srtt_us >> 3;
		__entry->rcv_wnd = tp->rcv_wnd;
		__entry->sock_cookie = xtcp_diag_cookie(sk);
		__entry->skbaddr = skb;
		__entry->skaddr = sk;
	),
	TP_printk("family=%s src=%pI6c:%hu dest=%pI6c:%hu mark=%#x data_len=%d snd_nxt=%#x snd_una=%#x snd_cwnd=%u ssthresh=%u snd_wnd=%u srtt=%u rcv_wnd=%u sock_cookie=%llx",
		  XTCP_TRACE_FAMILY(__entry->family), __entry->saddr_v6, __entry->sport, __entry->daddr_v6,
		  __entry->dport, __entry->mark, __entry->data_len, __entry->snd_nxt, __entry->snd_una,
		  __entry->snd_cwnd, __entry->ssthresh, __entry->snd_wnd, __entry->srtt, __entry->rcv_wnd,
		  __entry->sock_cookie)
);

TRACE_EVENT(xtcp_bad_csum,
	TP_PROTO(const struct sk_buff *skb),
	TP_ARGS(skb),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		XTCP_TRACE_ADDRS
	),
	TP_fast_assign(
		struct xtcp_tuple t;

		xtcp_demux_read_tuple(skb, &t);
		__entry->skbaddr = skb;
		__entry->family = xtcp_tuple_is_v4(&t) ? AF_INET : AF_INET6;
		XTCP_TRACE_ASSIGN(t);
	),
	TP_printk("family=%s src=%pI6c:%hu dest=%pI6c:%hu", XTCP_TRACE_FAMILY(__entry->family), __entry->daddr_v6,
		  __entry->dport, __entry->saddr_v6, __entry->sport)
);

#endif /* _TRACE_XTCP_H */

/* This part must be outside protection */
#include <trace/define_trace.h>
