/* SPDX-License-Identifier: GPL-2.0 */
/*
 * xtcp_cong:xtcp_cong_epoch: what the congestion control "xtcp" made of an epoch of about one round trip.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xtcp_cong

#if !defined(_TRACE_XTCP_CONG_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_XTCP_CONG_H

#include <linux/tracepoint.h>

TRACE_EVENT(xtcp_cong_epoch,
	TP_PROTO(const struct sock *sk, const struct xtcp_law *l),
	TP_ARGS(sk, l),
	TP_STRUCT__entry(
		__field(__u16, sport)
		__field(__u16, dport)
		__field(__u8, mode)
		__field(__u32, cwnd)
		__field(__u32, pace)
		__field(__u32, rate)
		__field(__u32, base_us)
		__field(__u32, lo_us)
		__field(__u32, mid_us)
		__field(__u32, own_q8)
		__field(__u32, target_q8)
		__field(__u32, streak)
		__field(__u32, strikes)
		__field(__u32, lost)
		__field(__u32, acked)
	),
	TP_fast_assign(
		__entry->sport = inet_sk(sk)->inet_num;
		__entry->dport = ntohs(inet_sk(sk)->inet_dport);
		__entry->mode = l->mode;
		__entry->cwnd = l->cwnd;
		__entry->pace = l->pace;
		__entry->rate = l->view.rate;
		__entry->base_us = l->base_us;
		__entry->lo_us = l->view.lo_us;
		__entry->mid_us = l->view.mid_us;
		__entry->own_q8 = l->view.own_q8;
		__entry->target_q8 = l->view.target_q8;
		__entry->streak = l->streak;
		__entry->strikes = l->strikes;
		__entry->lost = l->win_lost;
		__entry->acked = l->win_acked;
	),
	TP_printk("sport=%u dport=%u mode=%u cwnd=%u pace=%u rate=%u base=%u lo=%u mid=%u own=%u target=%u streak=%u strikes=%u lost=%u acked=%u",
		  __entry->sport, __entry->dport, __entry->mode, __entry->cwnd, __entry->pace, __entry->rate,
		  __entry->base_us, __entry->lo_us, __entry->mid_us, __entry->own_q8, __entry->target_q8,
		  __entry->streak, __entry->strikes, __entry->lost, __entry->acked)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH trace/events
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xtcp_cong
#include <trace/define_trace.h>
