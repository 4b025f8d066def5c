// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies, and the answers to segments of no connection. A cookie is believed by who made it, for as long as it is
 * valid, and gives an MSS no larger than the peer's; what a guess gives is an MSS of the table or nothing; options go
 * through the timestamp unharmed. A RST is never answered by a RST.
 */
#include "cookie.h"
#include "reader.h"
#include "reply.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static u32 hash(const void *ctx, u32 count)
{
	return (*(const u32 *)ctx ^ count) * 2654435761u;
}

static void check_options(struct reader *r)
{
	struct xtcp_options in = { .has_wscale = take(r, 1) & 1, .wscale = take(r, 1) & 15, .sack_ok = take(r, 1) & 1 };
	bool ecn = take(r, 1) & 1, ecn_out;
	u32 now = take(r, 4), ts = xtcp_cookie_ts(now, &in, ecn);
	struct xtcp_options out = { 0 };

	REQUIRE(now - ts < 128);
	xtcp_cookie_ts_read(ts, &out, &ecn_out);
	REQUIRE(out.has_wscale == in.has_wscale && out.sack_ok == in.sack_ok && ecn_out == ecn);
	REQUIRE(!in.has_wscale || out.wscale == min_t(u32, in.wscale, 14));
	xtcp_cookie_ts_read(take(r, 4), &out, &ecn_out);
	REQUIRE(out.wscale <= 14);
}

static void check_reset(struct reader *r)
{
	struct xtcp_segment seg = { .seq = take(r, 4), .ack = take(r, 4), .flags = take(r, 1) }, rst;

	seg.end_seq = seg.seq + take(r, 2) + !!(seg.flags & XTCP_SYN) + !!(seg.flags & XTCP_FIN);
	if (!xtcp_reply_reset(&seg, &rst)) {
		REQUIRE(seg.flags & XTCP_RST);
		return;
	}
	REQUIRE(rst.flags & XTCP_RST && !(seg.flags & XTCP_RST));
	REQUIRE(seg.flags & XTCP_ACK ? rst.seq == seg.ack : rst.ack == seg.end_seq && rst.flags & XTCP_ACK);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct reader r = { data, len };
	u32 secret = take(&r, 4);
	struct xtcp_cookie_in in = {
		.hash1 = take(&r, 4), .hash2 = hash, .ctx = &secret, .peer_isn = take(&r, 4), .count = take(&r, 4),
	};
	u16 mss = take(&r, 2), given, back;
	u32 isn = xtcp_cookie_make(&in, mss, &given), later = take(&r, 1);

	REQUIRE(given <= mss || given == 88);
	in.count += later;
	back = xtcp_cookie_check(&in, isn);
	REQUIRE(later > XTCP_COOKIE_MAX_STEPS || back == given);
	back = xtcp_cookie_check(&in, take(&r, 4));
	REQUIRE(!back || (back >= 88 && back <= 8940));
	check_options(&r);
	check_reset(&r);
	return 0;
}
