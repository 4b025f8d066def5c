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
 * struct xtcp_budget - a token bucket refilled once a second
 * @start_s: the second the current budget began; a zeroed bucket fills at its first use (unless that is second 0)
 * @left: answers left in it
 */
struct xtcp_budget {
	u32 start_s;
	u32 left;
};

/** xtcp_budget_take() - take one token; @limit per second, 0 = none allowed, ~0u = no limit */
bool xtcp_budget_take(struct xtcp_budget *b, u32 now_s, u32 limit);

#endif
