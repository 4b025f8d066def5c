// SPDX-License-Identifier: GPL-2.0
/*
 * The state diagram as functions of a state.
 *
 * For: module/conn/ and module/rx/input.c. Never: changes a state, sends, or starts a timer.
 *
 * RFC 9293 3.3.2 (figure 5), 3.10.4 (CLOSE), 3.10.5 (ABORT), 3.10.7.3 (SYN-SENT), 3.10.7.4.
 */
#include "seq.h"
#include "step.h"

u8 xtcp_step_close(u8 state)
{
	switch (state) {
	case TCP_SYN_SENT:
		return TCP_CLOSE;
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
		return TCP_FIN_WAIT1;
	case TCP_CLOSE_WAIT:
		return TCP_LAST_ACK;
	default:
		return state;
	}
}

u8 xtcp_step_fin_acked(u8 state)
{
	switch (state) {
	case TCP_FIN_WAIT1:
		return TCP_FIN_WAIT2;
	case TCP_CLOSING:
		return TCP_TIME_WAIT;
	case TCP_LAST_ACK:
		return TCP_CLOSE;
	default:
		return state;
	}
}

u8 xtcp_step_fin(u8 state)
{
	switch (state) {
	case TCP_ESTABLISHED:
		return TCP_CLOSE_WAIT;
	case TCP_FIN_WAIT1:
		/* ours is not acknowledged yet, or we would be in FIN-WAIT-2: simultaneous close */
		return TCP_CLOSING;
	case TCP_FIN_WAIT2:
		return TCP_TIME_WAIT;
	default:
		return state;
	}
}

static bool one_of(u8 state, u32 states)
{
	return 1u << state & states;
}

bool xtcp_step_hears(u8 state)
{
	return one_of(state, 1 << TCP_ESTABLISHED | 1 << TCP_FIN_WAIT1 | 1 << TCP_FIN_WAIT2);
}

bool xtcp_step_heard_fin(u8 state)
{
	return one_of(state, 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK | 1 << TCP_CLOSING);
}

bool xtcp_step_owes_reset(u8 state)
{
	return one_of(state, 1 << TCP_ESTABLISHED | 1 << TCP_CLOSE_WAIT | 1 << TCP_FIN_WAIT1 |
			     1 << TCP_FIN_WAIT2 | 1 << TCP_SYN_RECV);
}

enum xtcp_open_verdict xtcp_step_syn_sent(const struct xtcp_segment *seg, u32 snd_una, u32 snd_nxt)
{
	if (seg->flags & XTCP_ACK && (!xtcp_seq_gt(seg->ack, snd_una) || xtcp_seq_gt(seg->ack, snd_nxt)))
		return XTCP_OPEN_DROP_ACK;
	if (seg->flags & XTCP_RST)
		return seg->flags & XTCP_ACK ? XTCP_OPEN_REFUSED : XTCP_OPEN_DROP_RST;
	if (!(seg->flags & XTCP_SYN))
		return XTCP_OPEN_DROP;
	return seg->flags & XTCP_ACK ? XTCP_OPEN_SYNACK : XTCP_OPEN_SYN;
}
