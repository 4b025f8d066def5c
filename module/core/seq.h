/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequence numbers live on a circle of 2^32 (RFC 9293 3.4). Every comparison of two of them goes through here.
 */
#ifndef XTCP_CORE_SEQ_H
#define XTCP_CORE_SEQ_H

#include "platform.h"

/**
 * xtcp_seq_lt() - is @a earlier than @b on the sequence circle?
 * @a: sequence number
 * @b: sequence number less than 2^31 away from @a
 */
static inline bool xtcp_seq_lt(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

/** xtcp_seq_le() - is @a earlier than or equal to @b? */
static inline bool xtcp_seq_le(u32 a, u32 b)
{
	return (s32)(a - b) <= 0;
}

/** xtcp_seq_gt() - is @a later than @b? */
static inline bool xtcp_seq_gt(u32 a, u32 b)
{
	return xtcp_seq_lt(b, a);
}

/** xtcp_seq_ge() - is @a later than or equal to @b? */
static inline bool xtcp_seq_ge(u32 a, u32 b)
{
	return xtcp_seq_le(b, a);
}

/** xtcp_seq_in() - is @seq within the closed range [@lo, @hi]? */
static inline bool xtcp_seq_in(u32 seq, u32 lo, u32 hi)
{
	return hi - lo >= seq - lo;
}

/** xtcp_seq_max() - the later of two sequence numbers */
static inline u32 xtcp_seq_max(u32 a, u32 b)
{
	return xtcp_seq_lt(a, b) ? b : a;
}

/** xtcp_seq_min() - the earlier of two sequence numbers */
static inline u32 xtcp_seq_min(u32 a, u32 b)
{
	return xtcp_seq_lt(a, b) ? a : b;
}

#endif
