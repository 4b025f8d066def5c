// SPDX-License-Identifier: GPL-2.0
/* Resets for segments of no connection, and the budget that limits answers. */
#include "reply.h"
#include "tap.h"

/* RFC 9293 3.10.7.1 */
TEST(reply_reset__to_an_ack)
{
	struct xtcp_segment s = { .seq = 100, .end_seq = 150, .ack = 777, .flags = XTCP_ACK | XTCP_PSH }, rst;

	memset(&rst, 0xff, sizeof(rst));
	CHECK(xtcp_reply_reset(&s, &rst));
	CHECK_EQ(rst.seq, 777);
	CHECK_EQ(rst.end_seq, 777);
	CHECK_EQ(rst.ack, 0);
	CHECK_EQ(rst.wnd, 0);
	CHECK_EQ(rst.flags, XTCP_RST);
}

TEST(reply_reset__to_a_syn)
{
	struct xtcp_segment s = { .seq = 0xffffffff, .end_seq = 0, .ack = 777, .flags = XTCP_SYN }, rst;

	CHECK(xtcp_reply_reset(&s, &rst));
	CHECK_EQ(rst.seq, 0);
	CHECK_EQ(rst.ack, 0);
	CHECK_EQ(rst.flags, XTCP_RST | XTCP_ACK);
	s = (struct xtcp_segment){ .seq = 100, .end_seq = 112, .flags = XTCP_FIN };
	CHECK(xtcp_reply_reset(&s, &rst));
	CHECK_EQ(rst.ack, 112);
}

TEST(reply_reset__never_to_a_rst)
{
	struct xtcp_segment s = { .flags = XTCP_RST }, rst;

	CHECK(!xtcp_reply_reset(&s, &rst));
	s.flags |= XTCP_ACK;
	CHECK(!xtcp_reply_reset(&s, &rst));
}

static u32 take_many(struct xtcp_budget *b, u32 now_s, u32 limit, u32 tries)
{
	u32 got = 0;

	while (tries--)
		got += xtcp_budget_take(b, now_s, limit);
	return got;
}

TEST(budget_take__per_second)
{
	struct xtcp_budget b = { 0 };

	CHECK_EQ(take_many(&b, 10, 5, 20), 5);
	CHECK_EQ(take_many(&b, 10, 5, 20), 0);
	CHECK_EQ(take_many(&b, 11, 5, 3), 3);
	CHECK_EQ(take_many(&b, 11, 5, 20), 2);
	CHECK_EQ(take_many(&b, 500, 5, 20), 5);
}

/* The clock counts from when the machine started. */
TEST(budget_take__first_second)
{
	struct xtcp_budget b = { 0 };

	CHECK_EQ(take_many(&b, 0, 5, 20), 5);
	CHECK_EQ(take_many(&b, 1, 5, 20), 5);
}

TEST(budget_take__none_and_no_limit)
{
	struct xtcp_budget b = { 0 };

	CHECK_EQ(take_many(&b, 10, 0, 20), 0);
	CHECK_EQ(take_many(&b, 10, ~0u, 1000), 1000);
	CHECK_EQ(take_many(&b, 11, 0, 20), 0);
}

TEST(budget_take__limit_lowered)
{
	struct xtcp_budget b = { 0 };

	CHECK_EQ(take_many(&b, 10, 1000, 1), 1);
	CHECK_EQ(take_many(&b, 10, 5, 20), 5);
}

/* However time jumps: no second, counted from its first answer on, hands out more than its limit. */
TEST(budget_take__any_time)
{
	struct xtcp_budget b = { 0 };
	u32 now = 0, got = 0, limit = 7, i;

	for (i = 0; i < 1000000; i++) {
		if (!tap_below(20)) {
			now += 1 + tap_below(3);
			got = 0;
		}
		got += xtcp_budget_take(&b, now, limit);
		CHECK(got <= limit);
	}
}
