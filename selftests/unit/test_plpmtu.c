// SPDX-License-Identifier: GPL-2.0
/* module/core/plpmtu.c: RFC 4821. */
#include "plpmtu.h"
#include "tap.h"

/* 7.3: the search ends within the threshold below the truth, whatever it is, and never above it */
TEST(plpmtu__finds_the_mtu)
{
	unsigned int i;

	for (i = 0; i < 5000; i++) {
		u32 base = 600 + tap_below(500), most = base + tap_below(9000);
		u32 truth = base + tap_below(most - base + 1);
		struct xtcp_plpmtu m;
		u32 size, steps = 0;

		xtcp_plpmtu_begin(&m, base, most);
		while ((size = xtcp_plpmtu_next(&m, 8, 1, 600, most))) {
			m.probe = size;
			CHECK_EQ(xtcp_plpmtu_next(&m, 8, 1, 600, most), 0);
			if (size <= truth)
				xtcp_plpmtu_arrived(&m);
			else
				xtcp_plpmtu_lost(&m);
			CHECK(++steps < 20);
		}
		CHECK(m.low <= truth);
		CHECK(truth - m.low < 8);
		CHECK(m.settled);
	}
}

TEST(plpmtu__again)
{
	struct xtcp_plpmtu m;

	xtcp_plpmtu_begin(&m, 1000, 1000);
	CHECK_EQ(xtcp_plpmtu_next(&m, 8, 5, 600, 1500), 0);
	CHECK_EQ(xtcp_plpmtu_next(&m, 8, 604, 600, 1500), 0);
	CHECK_EQ(xtcp_plpmtu_next(&m, 8, 605, 600, 1500), 1250);
}

TEST(plpmtu__route_shrinks)
{
	struct xtcp_plpmtu m;

	xtcp_plpmtu_begin(&m, 1000, 1500);
	CHECK_EQ(xtcp_plpmtu_next(&m, 8, 5, 600, 1100), 1050);
	CHECK_EQ(xtcp_plpmtu_next(&m, 8, 5, 600, 900), 0);
	CHECK_EQ(m.low, 1000);
}

TEST(plpmtu__off)
{
	struct xtcp_plpmtu m = { 0 };

	CHECK_EQ(xtcp_plpmtu_next(&m, 8, 5, 600, 1500), 0);
}

/* 7.7: first to the base, then by halves down to the floor */
TEST(plpmtu__black_hole)
{
	struct xtcp_plpmtu m = { 0 };

	xtcp_plpmtu_black_hole(&m, 1064, 88, 1500);
	CHECK(m.enabled);
	CHECK_EQ(m.low, 1064);
	CHECK_EQ(m.high, 1500);
	xtcp_plpmtu_black_hole(&m, 1064, 88, 1064);
	CHECK_EQ(m.low, 532);
	xtcp_plpmtu_black_hole(&m, 1064, 300, 532);
	CHECK_EQ(m.low, 300);
}
