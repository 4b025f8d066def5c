/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The RST that answers a segment for no connection (RFC 9293 3.10.7.1), and the limit on challenge ACKs (RFC 5961 7).
 */
#ifndef XTCP_CORE_REPLY_H
#define XTCP_CORE_REPLY_H

#include "segment.h"

/** xtcp_reply_reset() - fill @rst (seq, ack, flags) as the answer to @seg; false if @seg is itself a RST: no answer */
bool xtcp_reply_reset(const struct xtcp_segment *seg, struct xtcp_segment *rst);

/**
 * struct xtcp_budget - a token bucket refilled once a second; a zeroed one fills at its first use
 * @until_s: the second after the one that it was filled for
 * @left: tokens left in it
 */
struct xtcp_budget {
	u32 until_s;
	u32 left;
};

/** xtcp_budget_over() - the next xtcp_budget_take() fills it */
static inline bool xtcp_budget_over(const struct xtcp_budget *b, u32 now_s)
{
	return b->until_s != now_s + 1;
}

/** xtcp_budget_take() - take one token; @limit per second, 0 = none allowed, ~0u = no limit */
bool xtcp_budget_take(struct xtcp_budget *b, u32 now_s, u32 limit);

#endif
