// SPDX-License-Identifier: GPL-2.0
/*
 * Windows, Nagle, delayed ACKs, the urgent pointer and the search for the MTU, with any numbers. The window's right
 * edge never moves left, and what is promised has room; a segment that must leave does not wait for ever; the search
 * stays between its bounds whatever the path says.
 */
#include "delack.h"
#include "limit.h"
#include "plpmtu.h"
#include "reader.h"
#include "urgent.h"
#include "window.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static void check_select(struct reader *r)
{
	struct xtcp_window_in in = {
		.space = take_number(r), .full_space = take_number(r), .current_wnd = take_number(r),
		.mss = take_number(r), .clamp = take_number(r), .wscale = take(r, 1) % (XTCP_WSCALE_MAX + 1),
		.pressure = take(r, 1) & 1,
	};
	u32 unit = 1u << in.wscale, most = 65535u << in.wscale, wnd = xtcp_window_select(&in);

	REQUIRE(!(wnd & (unit - 1)) && wnd <= most);
	REQUIRE(wnd >= min(in.current_wnd, most));
	/* what was promised before, one unit, or what there is */
	REQUIRE(wnd <= max(max(in.space, unit), ((min(in.current_wnd, most) + unit - 1) & ~(unit - 1))));
	REQUIRE(!xtcp_window_worth_update(wnd, wnd, in.full_space, in.mss));
}

static void check_nagle(struct reader *r)
{
	struct xtcp_nagle_in in = {
		.len = take_number(r), .mss = take_number(r), .usable = take_number(r), .max_wnd = take_number(r),
		.unacked = take_number(r),
	};
	u32 bits = take(r, 1);

	in.nodelay = bits & 1;
	in.cork = bits & 2;
	in.small_unacked = bits & 4;
	in.fin = bits & 8;
	in.more_queued = bits & 16;
	if (xtcp_window_nagle(&in))
		REQUIRE(in.len <= in.usable && (in.len || in.fin));
	else
		/* nothing in flight, nothing that holds it back, and it fits: it must go */
		REQUIRE(!in.len || in.len > in.usable || in.unacked || in.cork || in.more_queued);
}

static void check_delack(struct reader *r)
{
	struct xtcp_delack_in in = { .unacked = take_number(r), .mss = take_number(r), .quick = take(r, 1) };
	u32 timeout;

	in.fin = take(r, 1) & 1;
	if (in.fin)
		REQUIRE(xtcp_delack_now(&in));
	else
		xtcp_delack_now(&in);
	timeout = xtcp_delack_timeout(take_number(r), take_number(r), take(r, 1) & 1);
	REQUIRE(timeout && timeout <= XTCP_DELACK_MAX_US);
}

static void check_limit(struct reader *r)
{
	struct xtcp_limit_in in = {
		.queued = take_number(r), .mss = take_number(r), .usable = take_number(r), .in_flight = take_number(r),
		.cwnd = take_number(r), .unacked = take_number(r),
	};
	u32 bits = take(r, 1);

	in.recovering = bits & 1;
	in.full = bits & 2;
	in.paced = bits & 4;
	in.throttled = bits & 8;
	in.capped = bits & 16;
	REQUIRE(xtcp_limit_tx(&in) < XTCP_BYS);
	REQUIRE(xtcp_limit_rx(bits & 32, bits & 64) < XTCP_BYS);
}

static void check_urgent(struct reader *r)
{
	struct xtcp_urgent_in in = {
		.seq = take(r, 4), .field = take(r, 2), .stdurg = take(r, 1) & 1, .known = take(r, 1) & 1,
		.urg_seq = take(r, 4),
	};
	u32 at;
	u16 field;

	in.copied_seq = in.seq - take_number(r);
	in.rcv_nxt = in.seq + take_number(r);
	if (xtcp_urgent_news(&in, &at))
		REQUIRE((s32)(at - in.rcv_nxt) >= 0 && (s32)(at - in.copied_seq) >= 0 && at - in.seq <= 0xffff);
	if (xtcp_urgent_field(in.seq, in.urg_seq, in.rcv_nxt, &field))
		REQUIRE(in.seq + field == in.urg_seq || field == 0xffff);
}

static void check_plpmtu(struct reader *r)
{
	struct xtcp_plpmtu m;
	u32 floor = 88, base = floor + take_number(r) % 65000, most = floor + take_number(r) % 65000, now = 0;

	xtcp_plpmtu_begin(&m, base, most);
	for (int steps = 0; r->left && steps < 64; steps++) {
		u32 probe;

		switch (take(r, 1) % 4) {
		case 0:
			now += take_number(r);
			probe = xtcp_plpmtu_next(&m, take_number(r) % 100, now, 600, most);
			if (!probe)
				break;
			REQUIRE(probe > m.low && probe <= most);
			m.probe = probe;
			break;
		case 1:
			if (m.probe)
				xtcp_plpmtu_arrived(&m);
			break;
		case 2:
			if (m.probe)
				xtcp_plpmtu_lost(&m);
			break;
		default:
			xtcp_plpmtu_black_hole(&m, base, floor, most);
		}
		REQUIRE(m.low <= most && m.low);
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct reader r = { data, len };

	check_select(&r);
	check_nagle(&r);
	check_delack(&r);
	check_limit(&r);
	check_urgent(&r);
	check_plpmtu(&r);
	return 0;
}
