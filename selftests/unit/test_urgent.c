// SPDX-License-Identifier: GPL-2.0
/* module/core/urgent.c: RFC 9293 3.8.5, RFC 6093. */
#include "tap.h"
#include "urgent.h"

TEST(urgent_field__points_ahead)
{
	u16 field = 0;

	CHECK(xtcp_urgent_field(1000, 1005, 1005, &field));
	CHECK_EQ(field, 5);
	CHECK(!xtcp_urgent_field(1005, 1005, 1005, &field));
	CHECK(!xtcp_urgent_field(2000, 1005, 3000, &field));
	CHECK(xtcp_urgent_field(0xfffffffeu, 1, 1, &field));
	CHECK_EQ(field, 3);
}

/* farther than 16 bits: as far as they go, once that is beyond what was sent */
TEST(urgent_field__out_of_reach)
{
	u16 field = 0;

	CHECK(xtcp_urgent_field(1000, 1000 + 0x20000, 2000, &field));
	CHECK_EQ(field, 0xffff);
	CHECK(!xtcp_urgent_field(1000, 1000 + 0x20000, 1000 + 0x18000, &field));
	CHECK(xtcp_urgent_field(1000, 1000 + 0xffff, 2000, &field));
	CHECK_EQ(field, 0xffff);
}

/* RFC 6093 2.1: the byte before the pointer, or RFC 1122's reading */
TEST(urgent_news__which_byte)
{
	struct xtcp_urgent_in in = { .seq = 1000, .field = 5, .rcv_nxt = 1000, .copied_seq = 900 };
	u32 at;

	CHECK(xtcp_urgent_news(&in, &at));
	CHECK_EQ(at, 1004);
	in.stdurg = true;
	CHECK(xtcp_urgent_news(&in, &at));
	CHECK_EQ(at, 1005);
	in.field = 0;
	CHECK(xtcp_urgent_news(&in, &at));
	CHECK_EQ(at, 1000);
}

TEST(urgent_news__old)
{
	struct xtcp_urgent_in in = { .seq = 1000, .field = 5, .rcv_nxt = 1005, .copied_seq = 900 };
	u32 at = 0;

	CHECK(!xtcp_urgent_news(&in, &at));
	in.rcv_nxt = 1000;
	in.copied_seq = 1005;
	CHECK(!xtcp_urgent_news(&in, &at));
	in.copied_seq = 900;
	in.known = true;
	in.urg_seq = 1004;
	CHECK(!xtcp_urgent_news(&in, &at));
	in.urg_seq = 1003;
	CHECK(xtcp_urgent_news(&in, &at));
}
