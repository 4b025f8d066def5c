// SPDX-License-Identifier: GPL-2.0
/*
 * Any connection, any segment: 24 bytes of state, 11 of header, then options. What must hold whatever they are: nothing
 * is accepted that has no byte in the window, no RST resets off RCV.NXT, no SYN and no old timestamp gets through.
 */
#include "accept.h"
#include "reader.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static void check_segment(const struct xtcp_accept_in *in, const struct xtcp_segment *seg, const struct xtcp_options *o)
{
	enum xtcp_verdict v = xtcp_accept_segment(in, seg, o);
	u32 len = seg->end_seq - seg->seq, ahead = seg->seq - in->rcv_nxt;

	REQUIRE((v == XTCP_RESET) == ((seg->flags & XTCP_RST) && !ahead));
	REQUIRE(v != XTCP_DROP_SILENT || (seg->flags & XTCP_RST));
	REQUIRE(v != XTCP_DROP_DUP || (len && -ahead <= in->rcv_old && -ahead >= len));
	if (v != XTCP_ACCEPT)
		return;
	REQUIRE(!(seg->flags & (XTCP_RST | XTCP_SYN)));
	REQUIRE(!xtcp_accept_paws(in, o));
	REQUIRE(xtcp_accept_sequence(in, seg));
	REQUIRE(len ? in->rcv_wnd && (ahead < in->rcv_wnd || -ahead < len) : ahead <= in->rcv_wnd);
}

static void check_ack(u32 ack, u32 una, u32 in_flight, u32 max_wnd)
{
	enum xtcp_ack_verdict v = xtcp_accept_ack(ack, una, una + in_flight, max_wnd);

	REQUIRE((v == XTCP_ACK_SAME) == (ack == una));
	REQUIRE(v != XTCP_ACK_NEW || ack - una <= in_flight);
	REQUIRE(v != XTCP_ACK_OLD || una - ack <= max_wnd);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct reader r = { data, len };
	struct xtcp_accept_in in = { .rcv_nxt = take(&r, 4), .rcv_wnd = take(&r, 4) & 0x3fffffff };
	struct xtcp_segment seg;
	struct xtcp_options o;
	u32 una, in_flight, text;

	in.ts_recent = take(&r, 4);
	in.ts_recent_age_s = take(&r, 3);
	in.ts_ok = take(&r, 1) & 1;
	in.rcv_old = in.ts_recent & 0xfffff;
	una = take(&r, 4);
	in_flight = take(&r, 4) & 0x3fffffff;

	seg.seq = take(&r, 4);
	seg.ack = take(&r, 4);
	text = take(&r, 2);
	seg.flags = take(&r, 1);
	seg.wnd = 0;
	seg.end_seq = seg.seq + text + !!(seg.flags & XTCP_SYN) + !!(seg.flags & XTCP_FIN);
	xtcp_options_parse(&o, r.p, r.left < XTCP_OPTIONS_MAX_BYTES ? r.left : XTCP_OPTIONS_MAX_BYTES,
			   seg.flags & XTCP_SYN);

	check_segment(&in, &seg, &o);
	check_ack(seg.ack, una, in_flight, in.rcv_wnd);
	if (xtcp_accept_ts_update(&in, &seg, &o, in.rcv_nxt))
		REQUIRE(o.has_ts && in.ts_ok && !xtcp_accept_paws(&in, &o));
	if (xtcp_accept_reuse(in.rcv_nxt, in.ts_recent, false, &seg, &o))
		REQUIRE(seg.seq != in.rcv_nxt && seg.seq - in.rcv_nxt <= 1u << 31);
	return 0;
}
