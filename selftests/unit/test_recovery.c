// SPDX-License-Identifier: GPL-2.0
/* Loss recovery's judgements, and PRR driven through whole recoveries. */
#include "recovery.h"
#include "tap.h"

#define ROUNDS	1000000

/* RFC 5681 2 (a) to (e) */
TEST(recovery_is_dupack__each_condition)
{
	CHECK(xtcp_recovery_is_dupack(1000, 1000, 5000, 0, false, false));
	CHECK(!xtcp_recovery_is_dupack(1000, 1000, 1000, 0, false, false));
	CHECK(!xtcp_recovery_is_dupack(1000, 1000, 5000, 1, false, false));
	CHECK(!xtcp_recovery_is_dupack(1001, 1000, 5000, 0, false, false));
	CHECK(!xtcp_recovery_is_dupack(999, 1000, 5000, 0, false, false));
	CHECK(!xtcp_recovery_is_dupack(1000, 1000, 5000, 0, true, false));
}

/* RFC 6675 2: "even if it carries new data, changes the advertised window, or moves the cumulative ACK point" */
TEST(recovery_is_dupack__sack_news)
{
	CHECK(xtcp_recovery_is_dupack(1000, 1000, 5000, 100, true, true));
	CHECK(xtcp_recovery_is_dupack(2000, 1000, 5000, 0, false, true));
	CHECK(!xtcp_recovery_is_dupack(1000, 1000, 1000, 0, false, true));
}

static bool sack_ok(u32 start, u32 end, u32 una, u32 nxt)
{
	struct xtcp_sack b = { start, end };

	return xtcp_recovery_sack_ok(&b, una, nxt);
}

TEST(recovery_sack_ok__limits)
{
	CHECK(sack_ok(1001, 2000, 1000, 2000));
	CHECK(sack_ok(1500, 1501, 1000, 2000));
	CHECK(!sack_ok(1000, 1500, 1000, 2000));
	CHECK(!sack_ok(999, 1500, 1000, 2000));
	CHECK(!sack_ok(1500, 2001, 1000, 2000));
	CHECK(!sack_ok(1500, 1500, 1000, 2000));
	CHECK(!sack_ok(1600, 1500, 1000, 2000));
	CHECK(!sack_ok(2000, 2001, 1000, 2000));
	CHECK(!sack_ok(1001, 1002, 1000, 1000));
	CHECK(sack_ok(0xffffffff, 5, 0xfffffff0, 0x10));
}

TEST(recovery_sack_ok__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		s64 una = (s64)1 << 40 | tap_edgy(), nxt = una + (tap_edgy() & 0x3fffffff);
		s64 start = una + (tap_edgy() & 0x3fffffff) - tap_below(3);
		s64 end = (tap_below(2) ? start : nxt) + (s64)(tap_edgy() & 0x3fffffff) * (tap_below(2) ? 1 : -1);

		CHECK_EQ(sack_ok(start, end, una, nxt), una < start && start < end && end <= nxt);
	}
}

/* RFC 2883 4: the examples of 4.1 (below the ACK) and 4.2.1 (inside a block that is above it) */
TEST(recovery_is_dsack__examples)
{
	struct xtcp_sack b[2] = { { 3000, 3500 }, { 4500, 5000 } };

	CHECK(xtcp_recovery_is_dsack(b, 1, 4000));
	CHECK(xtcp_recovery_is_dsack(b, 2, 3500));
	CHECK(!xtcp_recovery_is_dsack(b, 2, 3499));
	b[0] = (struct xtcp_sack){ 5000, 5500 };
	b[1] = (struct xtcp_sack){ 4500, 6000 };
	CHECK(xtcp_recovery_is_dsack(b, 2, 4000));
	CHECK(!xtcp_recovery_is_dsack(b, 1, 4000));
	b[1].end = 5499;
	CHECK(!xtcp_recovery_is_dsack(b, 2, 4000));
	b[1] = b[0];
	CHECK(xtcp_recovery_is_dsack(b, 2, 4000));
}

TEST(recovery_is_dsack__none)
{
	struct xtcp_sack b[2] = { { 3500, 3500 }, { 3000, 5000 } };

	CHECK(!xtcp_recovery_is_dsack(b, 0, 9000));
	CHECK(!xtcp_recovery_is_dsack(b, 2, 9000));
	b[0].start = 3600;
	CHECK(!xtcp_recovery_is_dsack(b, 2, 9000));
}

/* 6937bis: the proportional part, by its formula */
TEST(prr_cwnd__proportional)
{
	struct xtcp_prr p = { .recover_fs = 100, .ssthresh = 70 };

	CHECK_EQ(xtcp_prr_cwnd(&p, 1, 98, true), 98 + 1);
	p.out = 1;
	CHECK_EQ(xtcp_prr_cwnd(&p, 1, 98, true), 98 + 1);
	p.out = 2;
	CHECK_EQ(xtcp_prr_cwnd(&p, 1, 98, true), 98 + 1);
	p.out = 3;
	CHECK_EQ(xtcp_prr_cwnd(&p, 1, 98, true), 98);
	CHECK_EQ(p.delivered, 4);
}

/* 6937bis: below ssthresh, packet conservation or one more, and never less than what was just delivered */
TEST(prr_cwnd__below_ssthresh)
{
	struct xtcp_prr p = { .delivered = 10, .out = 10, .recover_fs = 100, .ssthresh = 50 };

	CHECK_EQ(xtcp_prr_cwnd(&p, 2, 20, false), 22);
	p.out = 12;
	CHECK_EQ(xtcp_prr_cwnd(&p, 2, 20, true), 23);
	p.out = 100;
	CHECK_EQ(xtcp_prr_cwnd(&p, 2, 20, false), 22);
	CHECK_EQ(xtcp_prr_cwnd(&p, 2, 20, true), 23);
	p.out = 1;
	CHECK_EQ(xtcp_prr_cwnd(&p, 1, 49, true), 50);
}

TEST(prr_cwnd__first_retransmission_goes)
{
	struct xtcp_prr p = { .recover_fs = 10, .ssthresh = 1 };

	CHECK_EQ(xtcp_prr_cwnd(&p, 0, 9, false), 10);
	p.ssthresh = 9;
	CHECK_EQ(xtcp_prr_cwnd(&p, 0, 9, false), 10);
	p.out = 1;
	CHECK_EQ(xtcp_prr_cwnd(&p, 0, 9, false), 9);
}

TEST(prr_cwnd__never_zero)
{
	struct xtcp_prr p = { .out = 1 };

	CHECK_EQ(xtcp_prr_cwnd(&p, 0, 0, false), 1);
	p = (struct xtcp_prr){ .delivered = ~0u - 1, .ssthresh = ~0u, .out = 0, .recover_fs = 1 };
	CHECK(xtcp_prr_cwnd(&p, 1, ~0u, true) > 0);
}

/*
 * Whole recoveries: what is in flight is delivered in random portions, everything cwnd allows is sent. Sending stays
 * within the books on every ACK, and what is in flight ends at ssthresh.
 */
TEST(prr_cwnd__whole_recovery)
{
	unsigned int i;

	for (i = 0; i < 5000; i++) {
		u32 prior = 2 + tap_below(1000), lost = 1 + tap_below(prior - 1), in_flight = prior - lost;
		struct xtcp_prr p = { .recover_fs = prior, .ssthresh = 1 + tap_below(prior) };
		u32 burst = 1 + tap_below(20), acks = 0;

		while (p.delivered < 2 * prior || acks < 2 * prior) {
			u32 n = min(1 + tap_below(burst), in_flight), before, cwnd;
			u64 quota;

			in_flight -= n;
			before = in_flight;
			cwnd = xtcp_prr_cwnd(&p, n, in_flight, true);
			acks++;
			CHECK(cwnd >= before);
			CHECK(cwnd <= max(before, p.ssthresh) + n + 1);
			quota = ((u64)p.delivered * p.ssthresh + prior - 1) / prior;
			if (before > p.ssthresh)
				CHECK(p.out + cwnd - before <= max_t(u64, quota, p.out) + !p.out);
			else
				CHECK(cwnd <= max_t(u32, p.ssthresh, before + !p.out));
			p.out += cwnd - before;
			in_flight = cwnd;
			CHECK(p.out <= p.delivered + acks + 1);
		}
		CHECK_EQ(in_flight, max(p.ssthresh, 1u));
	}
}

/* Without progress (PRR-CRB): never more sent than was delivered, but for the first retransmission. */
TEST(prr_cwnd__packet_conservation)
{
	unsigned int i, j;

	for (i = 0; i < 5000; i++) {
		u32 prior = 2 + tap_below(1000), lost = 1 + tap_below(prior - 1), in_flight = prior - lost;
		struct xtcp_prr p = { .recover_fs = prior, .ssthresh = 1 + tap_below(prior) };

		for (j = 0; j < 500; j++) {
			u32 n = min(1 + tap_below(4), in_flight), cwnd;

			in_flight -= n;
			cwnd = xtcp_prr_cwnd(&p, n, in_flight, false);
			p.out += cwnd - in_flight;
			in_flight = cwnd;
			CHECK(p.out <= p.delivered + 1);
			CHECK(in_flight <= max(prior - lost, p.ssthresh) + 1);
		}
	}
}
