// SPDX-License-Identifier: GPL-2.0
/* When to acknowledge: RFC 5681 4.2 and RFC 9293 3.8.6.3, case by case. */
#include "delack.h"
#include "tap.h"

static const struct xtcp_delack_in usual = { .unacked = 1000, .mss = 1000 };

TEST(delack_now__one_segment_waits)
{
	struct xtcp_delack_in in = usual;

	CHECK(!xtcp_delack_now(&in));
	in.window_grew = true;
	CHECK(!xtcp_delack_now(&in));
}

/* RFC 5681 4.2 */
TEST(delack_now__every_second_full_segment)
{
	struct xtcp_delack_in in = usual;

	in.unacked = 1999;
	CHECK(!xtcp_delack_now(&in));
	in.unacked = 2000;
	CHECK(xtcp_delack_now(&in));
	in.pingpong = true;
	CHECK(xtcp_delack_now(&in));
	in.unacked = ~0u;
	CHECK(xtcp_delack_now(&in));
}

/* The reader's ACK is near; but not so long that the sender runs dry */
TEST(delack_now__stretched_while_the_reader_is_behind)
{
	struct xtcp_delack_in in = usual;

	in.behind = true;
	in.window = 100000;
	in.window_grew = true;
	in.unacked = 49999;
	CHECK(!xtcp_delack_now(&in));
	in.unacked = 50000;
	CHECK(xtcp_delack_now(&in));
	in.window = 10000000;
	CHECK(!xtcp_delack_now(&in));
	in.unacked = XTCP_DELACK_STRETCH;
	CHECK(xtcp_delack_now(&in));
	/* caught up: every second segment again */
	in.behind = false;
	in.window_grew = false;
	in.unacked = 2000;
	CHECK(xtcp_delack_now(&in));
	/* what is in a hurry stays so */
	in.behind = true;
	in.ooo = true;
	CHECK(xtcp_delack_now(&in));
	in.ooo = false;
	in.quick = 1;
	CHECK(xtcp_delack_now(&in));
}

TEST(delack_now__more_than_one_and_the_window_open)
{
	struct xtcp_delack_in in = usual;

	in.unacked = 1001;
	CHECK(!xtcp_delack_now(&in));
	in.window_grew = true;
	CHECK(xtcp_delack_now(&in));
}

TEST(delack_now__quick_until_interactive)
{
	struct xtcp_delack_in in = usual;

	in.unacked = 1;
	in.quick = 1;
	CHECK(xtcp_delack_now(&in));
	in.pingpong = true;
	CHECK(!xtcp_delack_now(&in));
}

/* RFC 5681 4.2: out-of-order segments and those that fill a hole; RFC 9293 3.10.7.4 eighth check: FIN */
TEST(delack_now__holes_and_fin)
{
	struct xtcp_delack_in in = { .mss = 1000, .pingpong = true };

	CHECK(!xtcp_delack_now(&in));
	in.ooo = true;
	CHECK(xtcp_delack_now(&in));
	in.ooo = false;
	in.fin = true;
	CHECK(xtcp_delack_now(&in));
}

TEST(delack_now__nothing_to_acknowledge)
{
	struct xtcp_delack_in in = { .quick = 5, .window_grew = true };

	CHECK(!xtcp_delack_now(&in));
}

TEST(delack_timeout__bounds)
{
	CHECK_EQ(xtcp_delack_timeout(0, 0, false), 40000);
	CHECK_EQ(xtcp_delack_timeout(70000, 0, false), 70000);
	CHECK_EQ(xtcp_delack_timeout(~0u, 0, false), 200000);
	CHECK_EQ(xtcp_delack_timeout(~0u, ~0u, false), 200000);
}

TEST(delack_timeout__one_round_trip_unless_interactive)
{
	CHECK_EQ(xtcp_delack_timeout(150000, 60000, false), 60000);
	CHECK_EQ(xtcp_delack_timeout(150000, 100, false), 40000);
	CHECK_EQ(xtcp_delack_timeout(150000, 100, true), 150000);
}

/* RFC 9293 MUST-40: below half a second, whatever is asked */
TEST(delack_timeout__any_input)
{
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		u32 us = xtcp_delack_timeout(tap_edgy(), tap_edgy(), tap_below(2));

		CHECK(us >= XTCP_DELACK_MIN_US && us <= XTCP_DELACK_MAX_US);
	}
}
