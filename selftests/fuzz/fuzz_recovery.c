// SPDX-License-Identifier: GPL-2.0
/*
 * Loss recovery's decisions over any history of ACKs: RTT and RTO, RACK, tail loss probes, PRR, undo, F-RTO, and which
 * SACK blocks are believed. Time-outs stay in their bounds, the window never comes out as nothing, no block outside of
 * what was sent is believed.
 */
#include "rack.h"
#include "reader.h"
#include "recovery.h"
#include "rtt.h"
#include "tlp.h"
#include "undo.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

struct history {
	u64 now_us;
	u32 una;
	u32 nxt;
	struct xtcp_rtt rtt;
	struct xtcp_minrtt min;
	struct xtcp_rack rack;
	struct xtcp_tlp tlp;
	struct xtcp_undo undo;
	struct xtcp_frto frto;
	struct xtcp_prr prr;
};

static void step_rtt(struct reader *r, struct history *h)
{
	u32 sample = max(take_number(r), 1u), rto, least;

	xtcp_rtt_sample(&h->rtt, min(sample, ~0u >> 4));
	rto = xtcp_rtt_rto(&h->rtt, XTCP_RTO_MIN_US, XTCP_RTO_MAX_US);
	REQUIRE(rto >= XTCP_RTO_MIN_US && rto <= XTCP_RTO_MAX_US);
	rto = xtcp_rtt_backoff(rto, take(r, 1), XTCP_RTO_MAX_US);
	REQUIRE(rto >= XTCP_RTO_MIN_US && rto <= XTCP_RTO_MAX_US);
	least = xtcp_minrtt_update(&h->min, take_number(r), (u32)(h->now_us >> 12), sample);
	REQUIRE(least <= sample);
}

static void step_rack(struct reader *r, struct history *h)
{
	struct xtcp_rack_wnd_in in = { .srtt_us = take_number(r), .sacked = take_number(r), .dupthresh = 3 };
	u64 sent = h->now_us - min_t(u64, h->now_us, take_number(r));
	struct xtcp_rack_seg seg = {
		.xmit_us = sent, .end_seq = h->una + take_number(r), .prior_fack = h->una + take_number(r),
	};
	u32 bits = take(r, 1), wnd;

	seg.retransmitted = bits & 1;
	seg.echo_older = bits & 2;
	in.recovering = bits & 4;
	in.min_rtt_us = xtcp_minrtt_update(&h->min, 0, 0, take_number(r));
	xtcp_rack_delivered(&h->rack, &seg, h->now_us, in.min_rtt_us);
	if (bits & 8)
		xtcp_rack_dsack(&h->rack, h->una, h->nxt);
	if (bits & 16)
		xtcp_rack_spurious(&h->rack, take_number(r));
	if (bits & 32)
		xtcp_rack_recovered(&h->rack);
	wnd = xtcp_rack_window(&h->rack, &in);
	REQUIRE(h->rack.mult <= XTCP_RACK_MULT_MAX);
	/* RFC 8985 6.2: never beyond a smoothed round trip, unless what was late proved more */
	REQUIRE(wnd <= max(in.srtt_us, h->rack.late_us + h->rack.late_us / 4));
	xtcp_rack_remaining(&h->rack, sent, wnd, h->now_us);
}

static void step_undo(struct reader *r, struct history *h)
{
	struct xtcp_frto_in f = { 0 };
	u32 bits = take(r, 1), start = h->una - take_number(r);

	if (bits & 1)
		xtcp_undo_begin(&h->undo, h->una, take_number(r));
	if (bits & 2)
		xtcp_undo_retransmitted(&h->undo, h->una + take_number(r), 1 + take(r, 1), take(r, 4));
	if (bits & 4)
		xtcp_undo_dsack(&h->undo, start, start + take_number(r), take(r, 1), h->una);
	if (xtcp_undo_all_duplicates(&h->undo) || xtcp_undo_eifel(&h->undo, bits & 8, take(r, 4))) {
		REQUIRE(h->undo.active);
		xtcp_undo_end(&h->undo);
		REQUIRE(!xtcp_undo_all_duplicates(&h->undo));
	}
	if (bits & 16)
		xtcp_frto_begin(&h->frto, true);
	bits = take(r, 1);
	f.advanced = bits & 1;
	f.dup = bits & 2;
	f.sacked_new = bits & 4;
	f.original = bits & 8;
	f.complete = bits & 16;
	f.sack = bits & 32;
	f.new_data = bits & 64;
	if (xtcp_frto_ack(&h->frto, &f) == XTCP_FRTO_SEND_NEW)
		REQUIRE(f.advanced && f.new_data);
	REQUIRE(h->frto.step <= 2);
}

static void step_blocks(struct reader *r, struct history *h)
{
	struct xtcp_sack b[2];
	u32 ack = h->una + take_number(r);
	bool news;

	for (int i = 0; i < 2; i++) {
		b[i].start = h->una + (take(r, 1) & 1 ? take_number(r) : -take_number(r));
		b[i].end = b[i].start + (take(r, 1) & 1 ? take_number(r) : -take_number(r));
	}
	if (xtcp_recovery_sack_ok(&b[0], h->una, h->nxt))
		REQUIRE((s32)(b[0].end - b[0].start) > 0 && (s32)(b[0].start - h->una) >= 0 &&
			(s32)(h->nxt - b[0].end) >= 0);
	xtcp_recovery_is_dsack(b, 2, ack);
	news = take(r, 1) & 1;
	if (xtcp_recovery_is_dupack(ack, h->una, h->nxt, take(r, 1), take(r, 1) & 1, news))
		REQUIRE(h->una != h->nxt && (news || ack == h->una));
}

static void step_prr(struct reader *r, struct history *h)
{
	u32 in_flight = take_number(r), delivered = take_number(r), cwnd;

	if (!h->prr.recover_fs || take(r, 1) & 1)
		h->prr = (struct xtcp_prr) { .recover_fs = max(in_flight, 1u), .ssthresh = max(take_number(r), 2u) };
	cwnd = xtcp_prr_cwnd(&h->prr, delivered, in_flight, take(r, 1) & 1);
	REQUIRE(cwnd >= 1);
	h->prr.out += take(r, 1);
}

static void step_tlp(struct reader *r, struct history *h)
{
	u32 left = take_number(r), bits;

	REQUIRE(xtcp_tlp_timeout(take_number(r), take(r, 1), left) <= left);
	bits = take(r, 1);
	if (bits & 1)
		h->tlp = (struct xtcp_tlp) { .active = true, .end_seq = h->nxt, .is_retrans = bits & 2 };
	if (xtcp_tlp_ack(&h->tlp, h->una + take_number(r), bits & 4, bits & 8, bits & 16) != XTCP_TLP_WAIT)
		REQUIRE(!h->tlp.active);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	static void (*const steps[])(struct reader *r, struct history *h) = {
		step_rtt, step_rack, step_undo, step_blocks, step_prr, step_tlp,
	};
	struct reader r = { data, len };
	struct history h = { .now_us = 1ull << 40, .una = take(&r, 4) };

	h.nxt = h.una + (take(&r, 4) & 0x3fffffff);
	while (r.left) {
		h.now_us += take_number(&r);
		steps[take(&r, 1) % ARRAY_SIZE(steps)](&r, &h);
		h.una += min(take(&r, 1), h.nxt - h.una);
	}
	return 0;
}
