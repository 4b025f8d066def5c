// SPDX-License-Identifier: GPL-2.0
/* module/core/rack.c: RFC 8985 section 6. */
#include "rack.h"
#include "seq.h"
#include "tap.h"

static struct xtcp_rack_seg seg(u64 xmit_us, u32 end_seq, u32 fack)
{
	return (struct xtcp_rack_seg){ .xmit_us = xmit_us, .end_seq = end_seq, .prior_fack = fack };
}

/* 5.2: time first, then sequence, on the circle */
TEST(rack_sent_after__order)
{
	CHECK(xtcp_rack_sent_after(2, 100, 1, 200));
	CHECK(!xtcp_rack_sent_after(1, 200, 2, 100));
	CHECK(xtcp_rack_sent_after(1, 200, 1, 100));
	CHECK(!xtcp_rack_sent_after(1, 100, 1, 100));
	CHECK(xtcp_rack_sent_after(1, 5, 1, 0xfffffff0u));
}

/* 6.2 step 2: the segment sent last counts, whatever comes later */
TEST(rack_delivered__newest_counts)
{
	struct xtcp_rack r = { .fack = 1000 };
	struct xtcp_rack_seg s = seg(10000, 3000, 1000);

	CHECK(!xtcp_rack_delivered(&r, &s, 30000, 20000));
	CHECK_EQ(r.xmit_us, 10000);
	CHECK_EQ(r.rtt_us, 20000);
	CHECK_EQ(r.end_seq, 3000);
	CHECK_EQ(r.fack, 3000);
	s = seg(9000, 2000, 3000);
	CHECK(xtcp_rack_delivered(&r, &s, 35000, 20000));
	CHECK_EQ(r.xmit_us, 10000);
	CHECK_EQ(r.rtt_us, 20000);
}

/* 6.2 step 2: an ACK that may be for the original says nothing about the copy */
TEST(rack_delivered__ambiguous_copy)
{
	struct xtcp_rack r = { .fack = 1000 };
	struct xtcp_rack_seg s = seg(10000, 2000, 1000);

	s.retransmitted = true;
	xtcp_rack_delivered(&r, &s, 15000, 20000);
	CHECK_EQ(r.xmit_us, 0);
	s.echo_older = true;
	xtcp_rack_delivered(&r, &s, 50000, 20000);
	CHECK_EQ(r.xmit_us, 0);
	s.echo_older = false;
	xtcp_rack_delivered(&r, &s, 30000, 20000);
	CHECK_EQ(r.xmit_us, 10000);
}

/* Step 3: late, but never sent twice; what one ACK reports at once has no order */
TEST(rack_delivered__reordering)
{
	struct xtcp_rack r = { .fack = 1000 };
	struct xtcp_rack_seg s = seg(10000, 4000, 1000);

	CHECK(!xtcp_rack_delivered(&r, &s, 30000, 20000));
	s = seg(10000, 3000, 1000);
	CHECK(!xtcp_rack_delivered(&r, &s, 30000, 20000));
	CHECK(!r.reordering_seen);
	s = seg(10000, 2000, 4000);
	s.retransmitted = true;
	CHECK(!xtcp_rack_delivered(&r, &s, 30000, 20000));
	s.retransmitted = false;
	CHECK(xtcp_rack_delivered(&r, &s, 37000, 20000));
	CHECK(r.reordering_seen);
	CHECK_EQ(r.late_us, 7000);
}

/* Step 4: nothing while order was kept; a quarter of the lowest RTT, times the DSACK rounds, at most SRTT */
TEST(rack_window__widens)
{
	struct xtcp_rack r = { .fack = 1000 };
	struct xtcp_rack_wnd_in in = { .min_rtt_us = 20000, .srtt_us = 24000, .sacked = 3, .dupthresh = 3 };

	CHECK_EQ(xtcp_rack_window(&r, &in), 0);
	in.sacked = 2;
	CHECK_EQ(xtcp_rack_window(&r, &in), 5000);
	in.recovering = true;
	CHECK_EQ(xtcp_rack_window(&r, &in), 0);
	r.reordering_seen = true;
	CHECK_EQ(xtcp_rack_window(&r, &in), 5000);
	xtcp_rack_dsack(&r, 1000, 2000);
	CHECK_EQ(xtcp_rack_window(&r, &in), 10000);
	xtcp_rack_dsack(&r, 1500, 2500);
	CHECK_EQ(xtcp_rack_window(&r, &in), 10000);
	xtcp_rack_dsack(&r, 2000, 3000);
	CHECK_EQ(xtcp_rack_window(&r, &in), 15000);
	r.mult = 253;
	CHECK_EQ(xtcp_rack_window(&r, &in), 24000);
	xtcp_rack_dsack(&r, 3000, 4000);
	CHECK_EQ(r.mult, 253);
}

/* What reordering took before is allowed for, and forgotten slowly */
TEST(rack_window__measured)
{
	struct xtcp_rack r = { .reordering_seen = true, .late_us = 12000 };
	struct xtcp_rack_wnd_in in = { .min_rtt_us = 20000, .srtt_us = 24000 };
	unsigned int i;

	CHECK_EQ(xtcp_rack_window(&r, &in), 15000);
	r.rtt_us = 20000;
	xtcp_rack_spurious(&r, 60000);
	CHECK_EQ(xtcp_rack_window(&r, &in), 50000);
	xtcp_rack_spurious(&r, 10000000);
	CHECK_EQ(xtcp_rack_window(&r, &in), 4 * 24000);
	for (i = 0; i < 200; i++)
		xtcp_rack_recovered(&r);
	CHECK_EQ(xtcp_rack_window(&r, &in), 5000);
}

/* The multiplier lives for 16 recoveries */
TEST(rack_recovered__narrows)
{
	struct xtcp_rack r = { 0 };
	unsigned int i;

	xtcp_rack_dsack(&r, 1000, 2000);
	for (i = 0; i < XTCP_RACK_PERSIST - 1; i++) {
		xtcp_rack_recovered(&r);
		CHECK_EQ(r.mult, 1);
	}
	xtcp_rack_recovered(&r);
	CHECK_EQ(r.mult, 0);
	xtcp_rack_recovered(&r);
	CHECK_EQ(r.mult, 0);
}

TEST(rack_remaining__deadline)
{
	struct xtcp_rack r = { .xmit_us = 20000, .rtt_us = 30000 };

	CHECK_EQ(xtcp_rack_remaining(&r, 10000, 5000, 44000), 1000);
	CHECK_EQ(xtcp_rack_remaining(&r, 10000, 5000, 45000), 0);
	CHECK(xtcp_rack_remaining(&r, 10000, 5000, 46000) < 0);
}

/* A path that keeps order and loses: exactly what was lost is judged lost, as soon as three later ones are there. */
TEST(rack__finds_what_is_lost)
{
	unsigned int round;

	for (round = 0; round < 2000; round++) {
		u32 n = 5 + tap_below(50), hole = tap_below(n - 4), base = tap_below(~0u), i, sacked = 0;
		u32 rtt = 1000 + tap_below(100000);
		struct xtcp_rack r = { .fack = base };
		struct xtcp_rack_wnd_in in = { .min_rtt_us = rtt, .srtt_us = rtt, .dupthresh = 3 };

		for (i = 0; i < n; i++) {
			u64 sent = 1000 + i * 10, now = sent + rtt;
			struct xtcp_rack_seg s = seg(sent, base + i + 1, r.fack);

			if (i == hole)
				continue;
			CHECK(!xtcp_rack_delivered(&r, &s, now, rtt));
			sacked += i > hole;
			in.sacked = sacked;
			if (i < hole)
				continue;
			CHECK(xtcp_rack_sent_after(r.xmit_us, r.end_seq, 1000 + hole * 10, base + hole + 1));
			if (sacked >= 3)
				CHECK(xtcp_rack_remaining(&r, 1000 + hole * 10, xtcp_rack_window(&r, &in), now) <= 0);
			else
				CHECK(xtcp_rack_remaining(&r, 1000 + hole * 10, xtcp_rack_window(&r, &in), now) > 0 ||
				      rtt / 4 <= sacked * 10);
		}
	}
}
