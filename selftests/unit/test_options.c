// SPDX-License-Identifier: GPL-2.0
/* TCP options: examples of every rule, a round trip, and random bytes judged by a second parser. */
#include <stdlib.h>

#include "options.h"
#include "tap.h"

#define ROUNDS	200000

/*
 * Parse from the very end of a heap block, so that the sanitizer sees a read past the last option byte, and its first
 * byte sees one before it.
 */
static struct xtcp_options parse(const u8 *bytes, unsigned int len, bool syn)
{
	struct xtcp_options o;
	u8 *block = malloc(len);

	if (len)
		memcpy(block, bytes, len);
	memset(&o, 0xa5, sizeof(o));
	xtcp_options_parse(&o, block, len, syn);
	free(block);
	return o;
}

#define PARSE(syn, ...) parse((const u8 []){ __VA_ARGS__ }, sizeof((const u8 []){ __VA_ARGS__ }), syn)

static bool same(const struct xtcp_options *a, const struct xtcp_options *b)
{
	unsigned int i;

	if (a->mss != b->mss || a->has_wscale != b->has_wscale || a->wscale != b->wscale)
		return false;
	if (a->sack_ok != b->sack_ok || a->has_ts != b->has_ts || a->tsval != b->tsval || a->tsecr != b->tsecr)
		return false;
	if (a->nr_sack != b->nr_sack || a->malformed != b->malformed)
		return false;
	for (i = 0; i < a->nr_sack; i++)
		if (a->sack[i].start != b->sack[i].start || a->sack[i].end != b->sack[i].end)
			return false;
	return true;
}

static bool is_empty(const struct xtcp_options *o)
{
	const struct xtcp_options zero = { 0 };

	return same(o, &zero);
}

TEST(options_parse__nothing)
{
	struct xtcp_options o = parse(NULL, 0, true);

	CHECK(is_empty(&o));
}

/* RFC 9293 3.2 */
TEST(options_parse__mss)
{
	struct xtcp_options o = PARSE(true, 2, 4, 0x05, 0xb4);

	CHECK_EQ(o.mss, 1460);
	CHECK(!o.malformed);
}

TEST(options_parse__eol_ends)
{
	struct xtcp_options o = PARSE(true, 1, 0, 2, 4, 0x05, 0xb4);

	CHECK(is_empty(&o));
	o = PARSE(true, 0, 9, 0);
	CHECK(is_empty(&o));
}

TEST(options_parse__nop_pads)
{
	struct xtcp_options o = PARSE(true, 1, 1, 1, 2, 4, 1, 0, 1);

	CHECK_EQ(o.mss, 256);
	CHECK(!o.malformed);
}

/* RFC 7323 2.2, 2.3 */
TEST(options_parse__wscale)
{
	struct xtcp_options o = PARSE(true, 1, 3, 3, 7);

	CHECK(o.has_wscale);
	CHECK_EQ(o.wscale, 7);
	o = PARSE(true, 3, 3, 0);
	CHECK(o.has_wscale);
	CHECK_EQ(o.wscale, 0);
}

TEST(options_parse__wscale_clamped_to_14)
{
	struct xtcp_options o = PARSE(true, 3, 3, 15);

	CHECK_EQ(o.wscale, 14);
	o = PARSE(true, 3, 3, 255);
	CHECK(o.has_wscale);
	CHECK_EQ(o.wscale, 14);
	CHECK(!o.malformed);
}

/* RFC 2018 2 */
TEST(options_parse__sack_permitted)
{
	struct xtcp_options o = PARSE(true, 4, 2);

	CHECK(o.sack_ok);
}

/* RFC 7323 3.2 */
TEST(options_parse__timestamps)
{
	struct xtcp_options o = PARSE(false, 8, 10, 1, 2, 3, 4, 0xfe, 0xff, 0xff, 0xff);

	CHECK(o.has_ts);
	CHECK_EQ(o.tsval, 0x01020304);
	CHECK_EQ(o.tsecr, 0xfeffffff);
}

/* RFC 2018 3 */
TEST(options_parse__sack_blocks)
{
	struct xtcp_options o = PARSE(false, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 9);

	CHECK_EQ(o.nr_sack, 2);
	CHECK_EQ(o.sack[0].start, 1);
	CHECK_EQ(o.sack[0].end, 2);
	CHECK_EQ(o.sack[1].start, 0xffffffff);
	CHECK_EQ(o.sack[1].end, 9);
}

TEST(options_parse__four_sack_blocks)
{
	u8 bytes[34] = { 5, 34 };
	struct xtcp_options o;

	bytes[33] = 77;
	o = parse(bytes, sizeof(bytes), false);
	CHECK_EQ(o.nr_sack, 4);
	CHECK_EQ(o.sack[3].end, 77);
}

/* More than a header can carry, so never on the wire; the array holds all the same. */
TEST(options_parse__five_sack_blocks_bounded)
{
	u8 bytes[42] = { 5, 42 };
	struct xtcp_options o = parse(bytes, sizeof(bytes), false);

	CHECK_EQ(o.nr_sack, XTCP_OPTIONS_MAX_SACK);
}

/* RFC 9293 3.7.1, RFC 7323 2.2, RFC 2018 2: these count in a SYN only, whatever their length elsewhere. */
TEST(options_parse__syn_only_ignored)
{
	struct xtcp_options o = PARSE(false, 2, 4, 5, 0xb4, 3, 3, 7, 4, 2);

	CHECK(is_empty(&o));
	o = PARSE(false, 2, 5, 5, 0xb4, 0);
	CHECK(is_empty(&o));
}

/* RFC 9293 MUST-6 */
TEST(options_parse__unknown_skipped)
{
	struct xtcp_options o = PARSE(true, 254, 4, 0xf9, 0x89, 34, 2, 2, 4, 5, 0xb4);

	CHECK_EQ(o.mss, 1460);
	CHECK(!o.malformed);
}

/* RFC 9293 MUST-7 */
TEST(options_parse__length_zero_or_one)
{
	struct xtcp_options o = PARSE(true, 2, 4, 5, 0xb4, 77, 0, 4, 2);

	CHECK(o.malformed);
	CHECK_EQ(o.mss, 1460);
	CHECK(!o.sack_ok);
	o = PARSE(true, 77, 1, 4, 2);
	CHECK(o.malformed);
	CHECK(!o.sack_ok);
}

TEST(options_parse__overrun)
{
	struct xtcp_options o = PARSE(true, 4, 2, 2, 4, 5);

	CHECK(o.malformed);
	CHECK(o.sack_ok);
	CHECK_EQ(o.mss, 0);
	o = PARSE(true, 4, 2, 2);
	CHECK(o.malformed);
	CHECK(o.sack_ok);
	o = PARSE(false, 8, 10, 1, 2, 3, 4, 5, 6, 7);
	CHECK(o.malformed);
	CHECK(!o.has_ts);
}

TEST(options_parse__wrong_length_of_a_known_kind)
{
	static const u8 wrong[][4] = { { 2, 3 }, { 3, 2 }, { 3, 4 }, { 4, 3 }, { 8, 4 }, { 5, 2 }, { 5, 3 } };
	u8 bytes[8] = { 0 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		u8 len = wrong[i][1];
		struct xtcp_options o;

		memcpy(bytes, wrong[i], len);
		memcpy(bytes + len, "\x02\x04\x01\x02", 4);
		o = parse(bytes, len + 4, true);
		CHECK(o.malformed);
		CHECK_EQ(o.mss, 0x102);
		CHECK(!o.has_ts && !o.has_wscale && !o.sack_ok && !o.nr_sack);
	}
}

TEST(options_parse__last_of_two_counts)
{
	struct xtcp_options o = PARSE(true, 2, 4, 0, 9, 2, 4, 0, 8);

	CHECK_EQ(o.mss, 8);
}

static struct xtcp_options random_options(void)
{
	struct xtcp_options o = { 0 };
	u32 which = tap_random();
	unsigned int i;

	if (which & 1)
		o.mss = tap_edgy();
	if (which & 2) {
		o.has_ts = true;
		o.tsval = tap_edgy();
		o.tsecr = tap_edgy();
	}
	if (which & 4) {
		o.has_wscale = true;
		o.wscale = tap_below(15);
	}
	o.sack_ok = which & 8;
	o.nr_sack = which & 16 ? tap_below(5) : 0;
	for (i = 0; i < o.nr_sack; i++) {
		o.sack[i].start = tap_edgy();
		o.sack[i].end = tap_edgy();
	}
	return o;
}

static unsigned int sack_room(const struct xtcp_options *o)
{
	unsigned int used = (o->mss ? 4 : 0) + (o->has_ts ? 12 : o->sack_ok ? 4 : 0) + (o->has_wscale ? 4 : 0);

	return (40 - used - 4) / 8;
}

TEST(options_write__round_trip)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		struct xtcp_options in = random_options(), out;
		unsigned int size = xtcp_options_size(&in), wrote;
		u8 *p = malloc(size);

		wrote = xtcp_options_write(p, &in);
		out = parse(p, size, true);
		free(p);

		CHECK_EQ(wrote, size);
		CHECK_EQ(size % 4, 0);
		CHECK(size <= XTCP_OPTIONS_MAX_BYTES);
		in.nr_sack = min_t(unsigned int, in.nr_sack, sack_room(&in));
		CHECK(same(&in, &out));
	}
}

TEST(options_write__usual_syn)
{
	struct xtcp_options o = {
		.mss = 1460, .sack_ok = true, .has_ts = true, .tsval = 0x01020304, .has_wscale = true, .wscale = 7
	};
	static const u8 want[] = { 2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7 };
	u8 p[40];

	CHECK_EQ(xtcp_options_write(p, &o), sizeof(want));
	CHECK(!memcmp(p, want, sizeof(want)));
}

TEST(options_write__syn_without_timestamps)
{
	struct xtcp_options o = { .mss = 536, .sack_ok = true };
	static const u8 want[] = { 2, 4, 2, 0x18, 1, 1, 4, 2 };
	u8 p[40];

	CHECK_EQ(xtcp_options_write(p, &o), sizeof(want));
	CHECK(!memcmp(p, want, sizeof(want)));
}

TEST(options_write__three_sack_blocks_beside_timestamps)
{
	struct xtcp_options o = { .has_ts = true, .nr_sack = 4 }, back;
	u8 p[40];

	o.sack[0].start = 10;
	o.sack[3].start = 13;
	CHECK_EQ(xtcp_options_size(&o), 40);
	CHECK_EQ(xtcp_options_write(p, &o), 40);
	back = parse(p, 40, false);
	CHECK_EQ(back.nr_sack, 3);
	CHECK_EQ(back.sack[0].start, 10);
}

/* A SACK option without a block is malformed, so what leaves no room for one leaves no room for the option. */
TEST(options_write__no_room_for_a_sack_block)
{
	struct xtcp_options o = { .has_ts = true, .has_fo = true, .fo_len = 16, .nr_sack = 1 }, back;
	u8 p[48];

	CHECK_EQ(xtcp_options_size(&o), 32);
	CHECK_EQ(xtcp_options_write(p, &o), 32);
	back = parse(p, 32, true);
	CHECK(!back.malformed && !back.nr_sack && back.fo_len == 16);
	/* nor where nothing at all is left */
	o.mss = 1460;
	o.has_wscale = true;
	o.nr_sack = XTCP_OPTIONS_MAX_SACK;
	CHECK_EQ(xtcp_options_size(&o), 40);
	CHECK_EQ(xtcp_options_write(p, &o), 40);
	back = parse(p, 40, true);
	CHECK(!back.malformed && !back.nr_sack && back.fo_len == XTCP_OPTIONS_FO_MAX);
}

TEST(options_write__wscale_never_over_14)
{
	struct xtcp_options o = { .has_wscale = true, .wscale = 200 };
	u8 p[40];

	CHECK_EQ(xtcp_options_write(p, &o), 4);
	CHECK_EQ(p[3], 14);
}

static bool right_length(u8 kind, unsigned int n)
{
	return (kind == 2 && n == 4) || (kind == 3 && n == 3) || (kind == 4 && n == 2) || (kind == 8 && n == 10) ||
	       (kind == 5 && n >= 10 && n % 8 == 2);
}

/* The second parser: answers "where does the n-th option start" first, then looks for the last one of a kind. */
static unsigned int second_parser(const u8 *p, unsigned int len, u8 kind, bool *overran)
{
	unsigned int i = 0, found = ~0u;

	*overran = false;
	while (i < len && p[i]) {
		unsigned int n = p[i] == 1 ? 1 : i + 1 < len ? p[i + 1] : 0;

		*overran = (p[i] != 1 && n < 2) || i + n > len;
		if (*overran)
			break;
		if (p[i] == kind && right_length(kind, n))
			found = i;
		i += n;
	}
	return found;
}

static void random_bytes(u8 *p, unsigned int len)
{
	static const u8 likely[] = { 0, 1, 2, 3, 4, 5, 8, 10, 18, 26, 34, 4, 3, 2 };
	unsigned int i;

	for (i = 0; i < len; i++)
		p[i] = tap_below(3) ? likely[tap_below(ARRAY_SIZE(likely))] : tap_random();
}

TEST(options_parse__random_bytes_as_second_parser)
{
	unsigned int i, at, len;
	bool overran;
	u8 p[40];

	for (i = 0; i < ROUNDS; i++) {
		bool syn = tap_below(2);
		struct xtcp_options o;

		len = tap_below(41);
		random_bytes(p, len);
		o = parse(p, len, syn);

		at = second_parser(p, len, 2, &overran);
		CHECK_EQ(o.mss, syn && at != ~0u ? p[at + 2] * 256 + p[at + 3] : 0);
		CHECK(!overran || o.malformed);
		at = second_parser(p, len, 3, &overran);
		CHECK_EQ(o.has_wscale, syn && at != ~0u);
		CHECK(!o.has_wscale || o.wscale == (p[at + 2] > 14 ? 14 : p[at + 2]));
		CHECK_EQ(o.sack_ok, syn && second_parser(p, len, 4, &overran) != ~0u);
		at = second_parser(p, len, 8, &overran);
		CHECK_EQ(o.has_ts, at != ~0u);
		CHECK(!o.has_ts || (o.tsval >> 24 == p[at + 2] && (o.tsecr & 0xff) == p[at + 9]));
		at = second_parser(p, len, 5, &overran);
		CHECK_EQ(o.nr_sack, at == ~0u ? 0 : p[at + 1] / 8);
		CHECK(!o.nr_sack || (o.sack[0].start >> 24 == p[at + 2] && (o.sack[0].end & 0xff) == p[at + 9]));
	}
}

TEST(options_fast_ts__the_one_layout)
{
	static const u8 p[12] = { 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8 };
	struct xtcp_options o = { .nr_sack = 3, .malformed = true, .mss = 9 };

	CHECK(xtcp_options_fast_ts(&o, p, sizeof(p)));
	CHECK(o.has_ts && !o.nr_sack && !o.malformed);
	CHECK_EQ(o.tsval, 0x01020304);
	CHECK_EQ(o.tsecr, 0x05060708);
	CHECK_EQ(o.mss, 9);
}

TEST(options_fast_ts__anything_else_untouched)
{
	static const u8 p[16] = { 1, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1, 1, 1 };
	struct xtcp_options o = { .nr_sack = 3, .malformed = true, .tsval = 7 };
	unsigned int len, i;

	for (len = 0; len <= sizeof(p); len++)
		CHECK_EQ(xtcp_options_fast_ts(&o, p, len), len == 12);
	for (i = 0; i < 4; i++) {
		u8 q[12];

		memcpy(q, p, sizeof(q));
		q[i] ^= 1 + tap_below(255);
		o = (struct xtcp_options){ .nr_sack = 3, .malformed = true, .tsval = 7 };
		CHECK(!xtcp_options_fast_ts(&o, q, sizeof(q)));
		CHECK(o.nr_sack == 3 && o.malformed && o.tsval == 7 && !o.has_ts);
	}
}

TEST(options_fast_ts__agrees_with_parse)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		struct xtcp_options fast = { 0 }, slow, in = random_options();
		u8 p[40];
		unsigned int len = xtcp_options_write(p, &in);

		slow = parse(p, len, false);
		if (xtcp_options_fast_ts(&fast, p, len))
			CHECK(same(&fast, &slow));
	}
}
