// SPDX-License-Identifier: GPL-2.0
/* Window arithmetic: examples, invariants over random inputs, and a sender and a receiver that must not stall. */
#include "tap.h"
#include "window.h"

#define ROUNDS	1000000

/* RFC 7323 2.3 */
TEST(window_scale__limits)
{
	CHECK_EQ(xtcp_window_scale(0), 0);
	CHECK_EQ(xtcp_window_scale(65535), 0);
	CHECK_EQ(xtcp_window_scale(65536), 1);
	CHECK_EQ(xtcp_window_scale(65535 * 2), 1);
	CHECK_EQ(xtcp_window_scale(6291456), 7);
	CHECK_EQ(xtcp_window_scale(65535u << 14), 14);
	CHECK_EQ(xtcp_window_scale(~0u), 14);
}

TEST(window_scale__smallest_that_fits)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		u32 bytes = tap_edgy();
		u8 s = xtcp_window_scale(bytes);

		CHECK(s <= 14);
		CHECK(s == 14 || (u64)65535 << s >= bytes);
		CHECK(!s || (u64)65535 << (s - 1) < bytes);
	}
}

static const struct xtcp_window_in usual = { .space = 50000, .full_space = 64000, .mss = 1460 };

TEST(window_select__grows_to_the_space)
{
	struct xtcp_window_in in = usual;

	CHECK_EQ(xtcp_window_select(&in), 50000);
	in.wscale = 7;
	CHECK_EQ(xtcp_window_select(&in), 50000 / 128 * 128);
	in.current_wnd = 20000;
	CHECK_EQ(xtcp_window_select(&in), 50000 / 128 * 128);
}

/* RFC 9293 3.8.6.2.1 */
TEST(window_select__never_shrinks)
{
	struct xtcp_window_in in = usual;

	in.space = 0;
	in.current_wnd = 30000;
	CHECK_EQ(xtcp_window_select(&in), 30000);
	in.wscale = 7;
	in.current_wnd = 30001;
	CHECK_EQ(xtcp_window_select(&in), 235 * 128);
	in.clamp = 1000;
	CHECK_EQ(xtcp_window_select(&in), 235 * 128);
}

/* RFC 1122 4.2.3.3 */
TEST(window_select__silly_window_stays_closed)
{
	struct xtcp_window_in in = usual;

	in.space = 1459;
	CHECK_EQ(xtcp_window_select(&in), 0);
	in.space = 1460;
	CHECK_EQ(xtcp_window_select(&in), 1460);
	in.current_wnd = 1000;
	in.space = 2459;
	CHECK_EQ(xtcp_window_select(&in), 1000);
	in.space = 2460;
	CHECK_EQ(xtcp_window_select(&in), 2460);
}

/* Fr = 1/2 where the buffer is smaller than two segments */
TEST(window_select__small_buffer)
{
	struct xtcp_window_in in = { .full_space = 2000, .mss = 1460 };

	in.space = 999;
	CHECK_EQ(xtcp_window_select(&in), 0);
	in.space = 1000;
	CHECK_EQ(xtcp_window_select(&in), 1000);
}

TEST(window_select__clamp)
{
	struct xtcp_window_in in = usual;

	in.clamp = 10000;
	CHECK_EQ(xtcp_window_select(&in), 10000);
	in.clamp = 500;
	CHECK_EQ(xtcp_window_select(&in), 500);
}

TEST(window_select__pressure)
{
	struct xtcp_window_in in = usual;

	in.pressure = true;
	in.current_wnd = 3000;
	CHECK_EQ(xtcp_window_select(&in), 3000);
	in.current_wnd = 0;
	CHECK_EQ(xtcp_window_select(&in), 0);
}

TEST(window_select__field_limit)
{
	struct xtcp_window_in in = { .space = ~0u, .full_space = ~0u, .mss = 1460 };

	CHECK_EQ(xtcp_window_select(&in), 65535);
	in.wscale = 14;
	CHECK_EQ(xtcp_window_select(&in), 65535u << 14);
	in.current_wnd = ~0u;
	CHECK_EQ(xtcp_window_select(&in), 65535u << 14);
}

/* The scale was chosen for a large buffer that was made small since: the window must open all the same. */
TEST(window_select__buffer_smaller_than_one_unit)
{
	struct xtcp_window_in in = { .space = 1200, .full_space = 1200, .mss = 1460, .wscale = 14 };

	CHECK_EQ(xtcp_window_select(&in), 16384);
	in.space = 599;
	CHECK_EQ(xtcp_window_select(&in), 0);
}

static struct xtcp_window_in random_in(void)
{
	struct xtcp_window_in in = {
		.wscale = tap_below(15), .full_space = tap_edgy(),
		.mss = tap_below(4) ? 1 + tap_below(9000) : tap_edgy(),
	};
	u32 most = 65535u << in.wscale;

	in.space = tap_below(3) ? tap_random() % ((u64)in.full_space + 1) : tap_edgy();
	in.current_wnd = tap_below(3) ? tap_random() % ((u64)min(most, in.space) + 1) : tap_edgy() % (most + 1);
	in.clamp = tap_below(3) ? 0 : tap_edgy();
	in.pressure = !tap_below(8);
	return in;
}

/* The header's promises, in 64 bits so that nothing here can wrap. */
TEST(window_select__invariants)
{
	unsigned int i;

	for (i = 0; i < 4 * ROUNDS; i++) {
		struct xtcp_window_in in = random_in();
		u64 unit = 1u << in.wscale, most = 65535u * unit, w = xtcp_window_select(&in);
		u64 full = min_t(u64, in.full_space, most), room, step, keep;

		if (in.clamp)
			full = min_t(u64, full, in.clamp);
		room = min_t(u64, in.space, full);
		step = max_t(u64, min_t(u64, in.mss, full / 2), 1);
		keep = (in.current_wnd + unit - 1) / unit * unit;

		CHECK_EQ(w % unit, 0);
		CHECK(w <= most);
		CHECK(w >= in.current_wnd);
		CHECK(w == keep || (!in.pressure && w >= in.current_wnd + step));
		CHECK(w == keep || w <= room || (w == unit && full < unit && room >= step));
		CHECK(in.pressure || w > room - unit || room < in.current_wnd + step + unit);
		if (!in.current_wnd && room < step)
			CHECK_EQ(w, 0);
		if (!in.current_wnd && full && room == full && !in.pressure)
			CHECK(w > 0);
	}
}

TEST(window_worth_update__one_step_and_doubled)
{
	CHECK(xtcp_window_worth_update(0, 1460, 64000, 1460));
	CHECK(!xtcp_window_worth_update(0, 0, 64000, 1460));
	CHECK(!xtcp_window_worth_update(1000, 2000, 64000, 1460));
	CHECK(xtcp_window_worth_update(1000, 2460, 64000, 1460));
	CHECK(!xtcp_window_worth_update(20000, 39999, 64000, 1460));
	CHECK(xtcp_window_worth_update(20000, 40000, 64000, 1460));
	CHECK(!xtcp_window_worth_update(40000, 64000, 64000, 1460));
	CHECK(xtcp_window_worth_update(0, 1000, 2000, 1460));
	CHECK(!xtcp_window_worth_update(5000, 4000, 64000, 1460));
}

TEST(window_usable__never_negative)
{
	CHECK_EQ(xtcp_window_usable(1000, 500, 1000), 500);
	CHECK_EQ(xtcp_window_usable(1000, 500, 1400), 100);
	CHECK_EQ(xtcp_window_usable(1000, 500, 1500), 0);
	CHECK_EQ(xtcp_window_usable(1000, 500, 1600), 0);
	CHECK_EQ(xtcp_window_usable(0xffffff00, 0x200, 0x80), 0x80);
	CHECK_EQ(xtcp_window_usable(0xffffff00, 0, 0xffffff00), 0);
}

TEST(window_usable__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		s64 una = (s64)1 << 40 | tap_edgy(), nxt = una + (tap_edgy() & 0x7fffffff);
		s64 wnd = tap_edgy() & 0x3fffffff, left = una + wnd - nxt;

		CHECK_EQ(xtcp_window_usable(una, wnd, nxt), left > 0 ? left : 0);
	}
}

/* RFC 9293 3.10.7.4: "the check here prevents using old segments to update the window" */
TEST(window_update_ok__rules)
{
	/* seg_seq, seg_ack, snd_wl1, snd_una, new_wnd, snd_wnd */
	CHECK(xtcp_window_update_ok(100, 501, 100, 500, 10, 20));
	CHECK(xtcp_window_update_ok(99, 501, 100, 500, 10, 20));
	CHECK(xtcp_window_update_ok(101, 500, 100, 500, 10, 20));
	CHECK(!xtcp_window_update_ok(101, 499, 100, 500, 30, 20));
	CHECK(!xtcp_window_update_ok(99, 500, 100, 500, 30, 20));
	CHECK(xtcp_window_update_ok(100, 500, 100, 500, 30, 20));
	CHECK(!xtcp_window_update_ok(100, 500, 100, 500, 10, 20));
	CHECK(xtcp_window_update_ok(100, 500, 100, 500, 0, 20));
	CHECK(xtcp_window_update_ok(1, 500, 0xfffffffe, 500, 10, 20));
	CHECK(xtcp_window_update_ok(100, 1, 100, 0xfffffffe, 10, 20));
}

/* RFC 1122 4.2.3.4 and RFC 896 by example: 1000 byte segments, an open window, something small in flight */
static const struct xtcp_nagle_in small = {
	.len = 10, .mss = 1000, .usable = 50000, .max_wnd = 60000, .unacked = 10, .small_unacked = true
};

TEST(window_nagle__holds_a_second_small_segment)
{
	struct xtcp_nagle_in in = small;

	CHECK(!xtcp_window_nagle(&in));
	in.unacked = 0;
	CHECK(xtcp_window_nagle(&in));
}

/* Minshall: behind full segments only, the small tail of a write leaves at once. */
TEST(window_nagle__small_behind_full_segments)
{
	struct xtcp_nagle_in in = small;

	in.small_unacked = false;
	CHECK(xtcp_window_nagle(&in));
}

TEST(window_nagle__nodelay_and_cork)
{
	struct xtcp_nagle_in in = small;

	in.nodelay = true;
	CHECK(xtcp_window_nagle(&in));
	in.cork = true;
	CHECK(!xtcp_window_nagle(&in));
	in.len = 1000;
	CHECK(xtcp_window_nagle(&in));
	in.len = 10;
	in.fin = true;
	CHECK(xtcp_window_nagle(&in));
}

TEST(window_nagle__not_beyond_the_window)
{
	struct xtcp_nagle_in in = small;

	in.len = 1000;
	in.usable = 999;
	CHECK(!xtcp_window_nagle(&in));
	in.fin = true;
	CHECK(!xtcp_window_nagle(&in));
}

TEST(window_nagle__silly_cut_waits_even_with_nodelay)
{
	struct xtcp_nagle_in in = small;

	in.usable = 10;
	in.more_queued = true;
	in.nodelay = true;
	in.unacked = 0;
	CHECK(!xtcp_window_nagle(&in));
	in.max_wnd = 20;
	CHECK(xtcp_window_nagle(&in));
	in.max_wnd = 21;
	CHECK(!xtcp_window_nagle(&in));
}

TEST(window_nagle__bare_fin)
{
	struct xtcp_nagle_in in = { .mss = 1000, .fin = true, .max_wnd = 60000, .unacked = 5, .small_unacked = true };

	CHECK(xtcp_window_nagle(&in));
	in.fin = false;
	CHECK(!xtcp_window_nagle(&in));
}

/* Every combination: the reasons to send, each alone enough; without one nothing leaves. */
TEST(window_nagle__truth_table)
{
	static const u32 lens[] = { 0, 1, 499, 500, 999, 1000, 1001 }, usables[] = { 0, 1, 500, 1000, 5000 };
	static const u32 maxs[] = { 999, 1000, 1001, 65535 };
	unsigned int i;

	for (i = 0; i < 7 * 5 * 4 * 64; i++) {
		struct xtcp_nagle_in in = {
			.len = lens[i / 64 % 7], .usable = usables[i / 448 % 5], .max_wnd = maxs[i / 2240], .mss = 1000,
			.nodelay = i & 1, .cork = i & 2, .small_unacked = i & 4, .fin = i & 8, .more_queued = i & 16,
			.unacked = i & 32,
		};
		bool full = in.len >= in.mss, half = in.len && 2 * in.len >= in.max_wnd;
		bool tail = in.len && !in.more_queued;
		bool held = in.cork || (!in.nodelay && in.small_unacked && in.unacked);
		bool reason = full || half || in.fin || (tail && !held);

		CHECK_EQ(xtcp_window_nagle(&in), reason && in.len <= in.usable);
	}
}

/* One direction of a connection without loss: what is sent is acknowledged at once, with a window chosen as ours. */
struct stream {
	struct xtcp_window_in rx;
	u64 left, rcv_nxt, edge;
	u32 buffered, snd_wnd, max_wnd;
	unsigned int acks, segments;
};

static u32 stream_select(struct stream *s)
{
	s->rx.space = s->rx.full_space > s->buffered ? s->rx.full_space - s->buffered : 0;
	s->rx.current_wnd = s->edge - s->rcv_nxt;
	return xtcp_window_select(&s->rx);
}

static bool stream_ack(struct stream *s)
{
	u32 wnd = stream_select(s);
	bool kept = s->rcv_nxt + wnd >= s->edge;

	s->edge = s->rcv_nxt + wnd;
	s->snd_wnd = wnd;
	s->max_wnd = max(s->max_wnd, wnd);
	s->acks++;
	return kept;
}

static bool stream_send(struct stream *s)
{
	u32 usable = xtcp_window_usable(0, s->snd_wnd, 0);
	u32 len = min_t(u64, min(s->rx.mss, usable), s->left);
	struct xtcp_nagle_in in = {
		.len = len, .mss = s->rx.mss, .usable = usable, .max_wnd = s->max_wnd, .more_queued = len < s->left
	};

	if (!len || !xtcp_window_nagle(&in))
		return false;
	s->left -= len;
	s->rcv_nxt += len;
	s->buffered += len;
	s->segments++;
	return true;
}

/*
 * However slowly and unevenly the reader reads, the stream ends without help from a persist timer, the edge never moves
 * left, no segment is silly, and reading costs few ACKs of its own.
 */
TEST(window_select__stream_never_stalls)
{
	unsigned int i;

	for (i = 0; i < 3000; i++) {
		struct stream s = { .left = 1 + tap_below(500000), .rcv_nxt = 1000, .edge = 1000 };
		u64 total = s.left;
		u32 sip;

		s.rx.wscale = tap_below(8);
		s.rx.full_space = 1000 + tap_below(200000);
		s.rx.mss = 1 + tap_below(tap_below(2) ? 1460 : 65000);
		sip = 1 + tap_below(tap_below(2) ? 3000 : 100000);
		s.left = min_t(u64, s.left, 2000ull * min(s.rx.mss, sip));
		total = s.left;
		CHECK(stream_ack(&s));

		while (s.left) {
			u32 would, read = 1 + tap_below(sip);

			if (stream_send(&s)) {
				CHECK(stream_ack(&s));
				continue;
			}
			CHECK(s.buffered);
			s.buffered -= min(read, s.buffered);
			would = stream_select(&s);
			if (xtcp_window_worth_update(s.rx.current_wnd, would, s.rx.full_space, s.rx.mss))
				CHECK(stream_ack(&s));
		}
		CHECK(s.segments <= 2 + total / min(s.rx.mss, (s.max_wnd + 1) / 2));
		CHECK(s.acks <= 2 + 3 * s.segments);
	}
}
