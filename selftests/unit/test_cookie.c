// SPDX-License-Identifier: GPL-2.0
/* SYN cookies: what goes in comes back, in time; forged ones are accepted as rarely as the arithmetic says. */
#include "cookie.h"
#include "tap.h"

/* Stands for the keyed hash: all that matters here is that it depends on the counter. */
static u32 mix(const void *ctx, u32 count)
{
	u64 z = (*(const u64 *)ctx ^ count) * 0xd6e8feb86659fd93;

	return (z ^ z >> 32) * 0xd6e8feb86659fd93 >> 32;
}

static struct xtcp_cookie_in random_in(const u64 *key)
{
	return (struct xtcp_cookie_in){
		.hash1 = tap_random(), .hash2 = mix, .ctx = key, .peer_isn = tap_random(), .count = tap_edgy()
	};
}

TEST(cookie_check__every_mss)
{
	u64 key = tap_random();
	u32 mss, last = 0;

	for (mss = 0; mss <= 65535; mss++) {
		struct xtcp_cookie_in in = random_in(&key);
		u32 isn, age = tap_below(XTCP_COOKIE_MAX_STEPS + 1);
		u16 carried;

		isn = xtcp_cookie_make(&in, mss, &carried);
		CHECK(carried <= mss || carried == 88);
		CHECK(carried >= last);
		last = carried;
		in.count += age;
		CHECK_EQ(xtcp_cookie_check(&in, isn), carried);
	}
}

TEST(cookie_make__common_mss_are_exact)
{
	static const u16 common[] = { 536, 1220, 1360, 1400, 1440, 1460, 8940 };
	u64 key = 1;
	struct xtcp_cookie_in in = random_in(&key);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(common); i++) {
		u16 carried;

		xtcp_cookie_make(&in, common[i], &carried);
		CHECK_EQ(carried, common[i]);
	}
}

TEST(cookie_check__too_old)
{
	unsigned int i, age;

	for (i = 0; i < 2000; i++) {
		u64 key = tap_random();
		struct xtcp_cookie_in in = random_in(&key);
		u16 carried;
		u32 isn = xtcp_cookie_make(&in, 1460, &carried);

		for (age = 0; age < 256; age++, in.count++)
			CHECK_EQ(!!xtcp_cookie_check(&in, isn), age <= XTCP_COOKIE_MAX_STEPS);
	}
}

/* From the future, for another peer ISN, or for another 4-tuple: 24 in 2^32 may pass by accident. */
TEST(cookie_check__other_connection)
{
	unsigned int i, hits = 0;

	for (i = 0; i < 200000; i++) {
		u64 key = tap_random();
		struct xtcp_cookie_in in = random_in(&key);
		u16 carried;
		u32 isn = xtcp_cookie_make(&in, 1460, &carried);

		in.count--;
		hits += !!xtcp_cookie_check(&in, isn);
		in.count++;
		in.hash1 = tap_random();
		hits += !!xtcp_cookie_check(&in, isn);
		in.hash1 = tap_random();
		key = tap_random();
		hits += !!xtcp_cookie_check(&in, isn);
	}
	CHECK(hits <= 4);
}

/* All 2^24 low parts under the counts 3 steps old to 1 ahead: 8 pass in each of the 3 valid counts, none elsewhere. */
TEST(cookie_check__exactly_24_in_all)
{
	u64 key = tap_random();
	struct xtcp_cookie_in in = random_in(&key);
	u32 low, hits = 0;
	int step;

	for (step = -1; step <= 3; step++) {
		u32 top = (in.count - step) << 24, before = hits;

		for (low = 0; low < 1u << 24; low++)
			hits += !!xtcp_cookie_check(&in, in.hash1 + in.peer_isn + top + low);
		CHECK_EQ(hits - before, step >= 0 && step <= XTCP_COOKIE_MAX_STEPS ? 8 : 0);
	}
}

/* The next use of a 4-tuple must not land below the last (RFC 9293 3.4.1): the sum advances with the peer's ISN. */
TEST(cookie_make__advances_with_peer_isn)
{
	u64 key = tap_random();
	struct xtcp_cookie_in in = random_in(&key);
	u16 carried;
	u32 isn = xtcp_cookie_make(&in, 1460, &carried);

	in.peer_isn += 12345;
	CHECK_EQ(xtcp_cookie_make(&in, 1460, &carried) - isn, 12345);
}

TEST(cookie_ts__every_combination)
{
	unsigned int i, j;

	for (i = 0; i < 2000; i++) {
		u32 now = tap_edgy();

		for (j = 0; j < 64; j++) {
			struct xtcp_options back = { 0 }, o = {
				.wscale = j & 15, .has_wscale = (j & 15) < 15, .sack_ok = j & 16,
			};
			u32 ts = xtcp_cookie_ts(now, &o, j & 32);
			bool ecn;

			CHECK(now - ts < 64);
			xtcp_cookie_ts_read(ts, &back, &ecn);
			CHECK_EQ(back.has_wscale, o.has_wscale);
			CHECK_EQ(back.wscale, o.has_wscale ? o.wscale : 0);
			CHECK_EQ(back.sack_ok, o.sack_ok);
			CHECK_EQ(ecn, !!(j & 32));
		}
	}
}

TEST(cookie_ts__wscale_not_offered)
{
	struct xtcp_options o = { .wscale = 9 };
	bool ecn;

	xtcp_cookie_ts_read(xtcp_cookie_ts(1000, &o, false), &o, &ecn);
	CHECK(!o.has_wscale && !o.sack_ok && !ecn);
}
