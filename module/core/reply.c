// SPDX-License-Identifier: GPL-2.0
/*
 * Answers to segments that no connection accepts: the RST, and the limit on how many answers a second may leave.
 *
 * For: module/ip/ and module/tx/control.c. Never: sends, or reads a clock.
 *
 * RFC 9293 3.5.2 and 3.10.7.1 (reset generation), RFC 5961 7 (ACK throttling).
 */
#include "reply.h"

bool xtcp_reply_reset(const struct xtcp_segment *seg, struct xtcp_segment *rst)
{
	if (seg->flags & XTCP_RST)
		return false;

	memset(rst, 0, sizeof(*rst));
	if (seg->flags & XTCP_ACK) {
		/* <SEQ=SEG.ACK><CTL=RST> */
		rst->seq = seg->ack;
		rst->flags = XTCP_RST;
	} else {
		/* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK> */
		rst->ack = seg->end_seq;
		rst->flags = XTCP_RST | XTCP_ACK;
	}
	rst->end_seq = rst->seq;
	return true;
}

bool xtcp_budget_take(struct xtcp_budget *b, u32 now_s, u32 limit)
{
	if (limit == ~0u)
		return true;
	if (xtcp_budget_over(b, now_s)) {
		b->until_s = now_s + 1;
		b->left = limit;
	}

	/* The limit may have been lowered within this second. */
	b->left = min(b->left, limit);
	if (!b->left)
		return false;
	b->left--;
	return true;
}
