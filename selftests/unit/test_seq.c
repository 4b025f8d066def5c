// SPDX-License-Identifier: GPL-2.0
/* Sequence arithmetic (RFC 9293 3.4) against the same numbers unwrapped to 64 bits. */
#include "seq.h"
#include "tap.h"

#define ROUNDS	1000000

/* A distance for which comparison is defined: less than 2^31 either way, often next to a limit. */
static s64 distance(void)
{
	s64 d = tap_edgy() & 0x7fffffff;

	return tap_below(2) ? d : -d;
}

TEST(seq_lt__wraps)
{
	CHECK(xtcp_seq_lt(1, 2));
	CHECK(!xtcp_seq_lt(2, 2));
	CHECK(!xtcp_seq_lt(2, 1));
	CHECK(xtcp_seq_lt(0xffffffff, 0));
	CHECK(xtcp_seq_lt(0xfffffff0, 0x10));
	CHECK(!xtcp_seq_lt(0x10, 0xfffffff0));
	CHECK(xtcp_seq_lt(0, 0x7fffffff));
	CHECK(!xtcp_seq_lt(0x7fffffff, 0));
}

TEST(seq_compare__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		s64 a = (s64)1 << 40 | tap_edgy();
		s64 b = a + distance();

		CHECK_EQ(xtcp_seq_lt(a, b), a < b);
		CHECK_EQ(xtcp_seq_le(a, b), a <= b);
		CHECK_EQ(xtcp_seq_gt(a, b), a > b);
		CHECK_EQ(xtcp_seq_ge(a, b), a >= b);
		CHECK_EQ(xtcp_seq_max(a, b), (u32)(a > b ? a : b));
		CHECK_EQ(xtcp_seq_min(a, b), (u32)(a < b ? a : b));
	}
}

/* The range may be as long as the circle less one; everything outside it is on the other arc. */
TEST(seq_in__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		u64 lo = (u64)1 << 40 | tap_edgy();
		u64 hi = lo + tap_edgy();
		u64 seq = lo + tap_edgy();

		CHECK_EQ(xtcp_seq_in(seq, lo, hi), seq <= hi);
	}
	CHECK(xtcp_seq_in(5, 5, 5));
	CHECK(!xtcp_seq_in(6, 5, 5));
	CHECK(!xtcp_seq_in(4, 5, 5));
}
