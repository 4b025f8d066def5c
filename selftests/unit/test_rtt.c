// SPDX-License-Identifier: GPL-2.0
/* RTT estimation: RFC 6298 in double arithmetic beside it; the windowed minimum against all samples kept. */
#include <math.h>

#include "rtt.h"
#include "tap.h"

#define MAX_US	(~0u >> 3)

/* RFC 6298 2.2 */
TEST(rtt_sample__first)
{
	struct xtcp_rtt r = { 0 };

	xtcp_rtt_sample(&r, 100000);
	CHECK_EQ(r.srtt_us, 100000 * 8);
	CHECK_EQ(r.rttvar_us, 50000 * 4);
	CHECK_EQ(xtcp_rtt_rto(&r, 200000, XTCP_RTO_MAX_US), 100000 + 4 * 50000);
}

/* RFC 6298 2.3: RTTVAR with the old SRTT */
TEST(rtt_sample__second)
{
	struct xtcp_rtt r = { 0 };

	xtcp_rtt_sample(&r, 80000);
	xtcp_rtt_sample(&r, 160000);
	CHECK_EQ(r.srtt_us / 8, 90000);
	CHECK_EQ(r.rttvar_us / 4, 40000 * 3 / 4 + 80000 / 4);
	xtcp_rtt_sample(&r, 10000);
	CHECK_EQ(r.srtt_us / 8, 80000);
	CHECK_EQ(r.rttvar_us / 4, 50000 * 3 / 4 + 80000 / 4);
}

TEST(rtt_sample__zero_is_one)
{
	struct xtcp_rtt r = { 0 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		xtcp_rtt_sample(&r, 0);
		CHECK(r.srtt_us >= 8);
	}
	CHECK_EQ(r.srtt_us / 8, 1);
}

TEST(rtt_sample__saturates)
{
	struct xtcp_rtt r = { 0 };
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		xtcp_rtt_sample(&r, ~0u);
		CHECK(r.srtt_us / 8 == MAX_US);
	}
	for (i = 0; i < 1000; i++) {
		u32 before = r.srtt_us;

		xtcp_rtt_sample(&r, 1);
		CHECK(r.srtt_us <= before);
	}
	for (i = 0; i < 100000; i++) {
		xtcp_rtt_sample(&r, tap_below(2) ? ~0u : 0);
		CHECK(r.rttvar_us / 4 <= MAX_US);
	}
}

/* Truncation costs less than 1 us of SRTT and 2 us of RTTVAR, for ever (the errors decay by 7/8 and 3/4). */
TEST(rtt_sample__as_double)
{
	unsigned int i, j;

	for (i = 0; i < 2000; i++) {
		double srtt = 0, rttvar = 0;
		struct xtcp_rtt r = { 0 };
		u32 scale = tap_edgy();

		for (j = 0; j < 200; j++) {
			u32 us = tap_below(8) ? scale / 2 + tap_below(scale / 2 + 1) : tap_edgy();
			double rtt = us < 1 ? 1 : us > MAX_US ? MAX_US : us;

			rttvar = j ? 0.75 * rttvar + 0.25 * fabs(srtt - rtt) : rtt / 2;
			srtt = j ? 0.875 * srtt + 0.125 * rtt : rtt;
			xtcp_rtt_sample(&r, us);
			CHECK(fabs(r.srtt_us / 8.0 - srtt) <= 1);
			CHECK(fabs(r.rttvar_us / 4.0 - rttvar) <= 2);
		}
	}
}

TEST(rtt_rto__without_sample)
{
	struct xtcp_rtt r = { 0 };

	CHECK_EQ(xtcp_rtt_rto(&r, XTCP_RTO_MIN_US, XTCP_RTO_MAX_US), 1000000);
	CHECK_EQ(xtcp_rtt_rto(&r, XTCP_RTO_MIN_US, 5000), 5000);
}

TEST(rtt_rto__minimum_on_the_variance)
{
	struct xtcp_rtt r = { .srtt_us = 50000 * 8, .rttvar_us = 10 };

	CHECK_EQ(xtcp_rtt_rto(&r, 200000, XTCP_RTO_MAX_US), 250000);
	CHECK_EQ(xtcp_rtt_rto(&r, 5, XTCP_RTO_MAX_US), 50010);
}

TEST(rtt_rto__bounds)
{
	unsigned int i;

	for (i = 0; i < 1000000; i++) {
		struct xtcp_rtt r = { .srtt_us = tap_edgy(), .rttvar_us = tap_edgy() };
		u32 lo = tap_edgy(), hi = tap_edgy(), rto = xtcp_rtt_rto(&r, lo, hi);
		u64 sum = (u64)r.srtt_us / 8 + (r.rttvar_us > lo ? r.rttvar_us : lo);

		CHECK_EQ(rto, !r.srtt_us ? (hi < 1000000 ? hi : 1000000) : sum < hi ? sum : hi);
	}
}

/* RFC 6298 5.5 */
TEST(rtt_backoff__doubles_to_the_bound)
{
	CHECK_EQ(xtcp_rtt_backoff(200000, 0, XTCP_RTO_MAX_US), 200000);
	CHECK_EQ(xtcp_rtt_backoff(200000, 3, XTCP_RTO_MAX_US), 1600000);
	CHECK_EQ(xtcp_rtt_backoff(200000, 10, XTCP_RTO_MAX_US), XTCP_RTO_MAX_US);
	CHECK_EQ(xtcp_rtt_backoff(200000, 31, XTCP_RTO_MAX_US), XTCP_RTO_MAX_US);
	CHECK_EQ(xtcp_rtt_backoff(200000, 32, XTCP_RTO_MAX_US), XTCP_RTO_MAX_US);
	CHECK_EQ(xtcp_rtt_backoff(200000, ~0u, XTCP_RTO_MAX_US), XTCP_RTO_MAX_US);
}

TEST(rtt_backoff__as_doubling_step_by_step)
{
	unsigned int i, j;

	for (i = 0; i < 100000; i++) {
		u32 rto = tap_edgy() | 1, most = tap_edgy() | 1, shift = tap_below(40);
		u64 want = rto;

		for (j = 0; j < shift && want < most; j++)
			want *= 2;
		CHECK_EQ(xtcp_rtt_backoff(rto, shift, most), want < most ? want : most);
	}
}

TEST(minrtt_update__first_window_is_exact)
{
	struct xtcp_minrtt m = { 0 };
	u32 now = 0xfffff000, least = ~0u, i;

	for (i = 0; i < 1000; i++) {
		u32 v = 1 + tap_below(100000);

		least = v < least ? v : least;
		CHECK_EQ(xtcp_minrtt_update(&m, 10000, now + i * 10, v), least);
	}
}

TEST(minrtt_update__rises_when_the_old_minimum_leaves)
{
	struct xtcp_minrtt m = { 0 };
	u32 t;

	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 5, 50), 50);
	for (t = 15; t <= 1005; t += 10)
		CHECK_EQ(xtcp_minrtt_update(&m, 1000, t, 90), 50);
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1006, 90), 90);
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1007, 20), 20);
}

TEST(minrtt_update__silence_forgets)
{
	struct xtcp_minrtt m = { 0 };

	xtcp_minrtt_update(&m, 1000, 5, 50);
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1006, 400), 400);
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1007, 0), 1);
}

static bool minrtt_is(const struct xtcp_minrtt *m, u32 t0, u32 v0, u32 t1, u32 v1, u32 t2, u32 v2)
{
	return m->s[0].t == t0 && m->s[0].v == v0 && m->s[1].t == t1 && m->s[1].v == v1 &&
	       m->s[2].t == t2 && m->s[2].v == v2;
}

/* Successors are taken only past a quarter and a half of the window, and better ones replace them. */
TEST(minrtt_update__keeps_successors)
{
	struct xtcp_minrtt m = { 0 };

	xtcp_minrtt_update(&m, 1000, 5, 10);
	xtcp_minrtt_update(&m, 1000, 255, 30);
	CHECK(minrtt_is(&m, 5, 10, 5, 10, 5, 10));
	xtcp_minrtt_update(&m, 1000, 256, 30);
	CHECK(minrtt_is(&m, 5, 10, 256, 30, 256, 30));
	xtcp_minrtt_update(&m, 1000, 300, 30);
	CHECK(minrtt_is(&m, 5, 10, 300, 30, 300, 30));
	xtcp_minrtt_update(&m, 1000, 505, 40);
	CHECK(minrtt_is(&m, 5, 10, 300, 30, 300, 30));
	xtcp_minrtt_update(&m, 1000, 506, 40);
	CHECK(minrtt_is(&m, 5, 10, 300, 30, 506, 40));
	xtcp_minrtt_update(&m, 1000, 600, 50);
	CHECK(minrtt_is(&m, 5, 10, 300, 30, 506, 40));
	xtcp_minrtt_update(&m, 1000, 700, 40);
	CHECK(minrtt_is(&m, 5, 10, 300, 30, 700, 40));
	xtcp_minrtt_update(&m, 1000, 800, 10);
	CHECK(minrtt_is(&m, 800, 10, 800, 10, 800, 10));
}

/* A sample may be as old as the window, no older; one that leaves hands over to the next, two at once to the third. */
TEST(minrtt_update__hands_over)
{
	const struct xtcp_minrtt three = { { { 5, 10 }, { 300, 30 }, { 600, 40 } } };
	struct xtcp_minrtt m = three;

	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1005, 90), 10);
	CHECK(minrtt_is(&m, 5, 10, 300, 30, 600, 40));
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1006, 90), 30);
	CHECK(minrtt_is(&m, 300, 30, 600, 40, 1006, 90));
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1300, 95), 30);
	m = three;
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1300, 90), 30);
	CHECK(minrtt_is(&m, 300, 30, 600, 40, 1300, 90));
	m = three;
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1301, 90), 40);
	CHECK(minrtt_is(&m, 600, 40, 1301, 90, 1301, 90));
	m = three;
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1600, 90), 40);
	CHECK(minrtt_is(&m, 600, 40, 1600, 90, 1600, 90));
	m = three;
	CHECK_EQ(xtcp_minrtt_update(&m, 1000, 1601, 90), 90);
	CHECK(minrtt_is(&m, 1601, 90, 1601, 90, 1601, 90));
}

/*
 * Against all samples: the answer is the value of one in the window, nothing since that one was smaller, and its own
 * books stay in order.
 */
TEST(minrtt_update__as_all_samples)
{
	enum { N = 400 };
	static u32 at[N], value[N];
	unsigned int i, j, k;

	for (i = 0; i < 1500; i++) {
		u32 now = tap_edgy(), win = 1 + tap_below(5000), gap = 1 + tap_below(win), got;
		struct xtcp_minrtt m = { 0 };

		for (j = 0; j < N; j++) {
			bool known = false, least = true;

			now += tap_below(64) ? tap_below(gap / 16 + 1) : tap_below(2 * gap);
			at[j] = now;
			value[j] = 1 + tap_below(1000) + (tap_below(4) ? 500 : 0);
			got = xtcp_minrtt_update(&m, win, now, value[j]);
			for (k = j + 1; k-- && now - at[k] <= win;) {
				known |= at[k] == m.s[0].t && value[k] == got;
				least &= now - at[k] >= now - m.s[0].t || value[k] >= got;
			}
			CHECK(known);
			CHECK(least);
			CHECK(m.s[0].v <= m.s[1].v && m.s[1].v <= m.s[2].v);
			CHECK(now - m.s[0].t >= now - m.s[1].t && now - m.s[1].t >= now - m.s[2].t);
		}
	}
}
