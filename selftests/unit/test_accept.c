// SPDX-License-Identifier: GPL-2.0
/* Segment acceptance: one example per rule, then a model that looks at the window byte by byte. */
#include "accept.h"
#include "tap.h"

#define ROUNDS	1000000
#define DAY_S	86400u

static const struct xtcp_options none;

static struct xtcp_accept_in conn(u32 rcv_nxt, u32 rcv_wnd)
{
	return (struct xtcp_accept_in){ .rcv_nxt = rcv_nxt, .rcv_wnd = rcv_wnd, .rcv_old = 65535 };
}

static struct xtcp_segment seg(u32 seq, u32 len, u8 flags)
{
	return (struct xtcp_segment){ .seq = seq, .end_seq = seq + len, .flags = flags };
}

static enum xtcp_verdict judge(u32 rcv_nxt, u32 rcv_wnd, u32 seq, u32 len, u8 flags)
{
	struct xtcp_accept_in in = conn(rcv_nxt, rcv_wnd);
	struct xtcp_segment s = seg(seq, len, flags);

	return xtcp_accept_segment(&in, &s, &none);
}

/* RFC 9293 table 6, row by row */
TEST(accept_segment__no_text_no_window)
{
	CHECK_EQ(judge(1000, 0, 1000, 0, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 0, 1001, 0, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(1000, 0, 999, 0, XTCP_ACK), XTCP_DROP_ACK);
}

TEST(accept_segment__no_text_in_window)
{
	CHECK_EQ(judge(1000, 100, 1000, 0, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 100, 1099, 0, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 100, 1101, 0, XTCP_ACK), XTCP_DROP_ACK);
}

/* The ACK of a peer that has filled our window comes from its right edge (RFC 9293 3.10.7.4, allowance for ACKs). */
TEST(accept_segment__no_text_at_right_edge)
{
	CHECK_EQ(judge(1000, 100, 1100, 0, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(0xffffffff, 1, 0, 0, XTCP_ACK), XTCP_ACCEPT);
}

/* A zero-window probe (RFC 9293 3.8.6.1) must not be taken, and must be answered. */
TEST(accept_segment__text_no_window)
{
	CHECK_EQ(judge(1000, 0, 1000, 1, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(1000, 0, 1000, 1460, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(1000, 0, 999, 2, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(1000, 0, 1000, 1, XTCP_ACK | XTCP_FIN), XTCP_DROP_ACK);
}

TEST(accept_segment__text_in_window)
{
	CHECK_EQ(judge(1000, 100, 1000, 1, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 100, 1099, 1, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 100, 1099, 50, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 100, 950, 51, XTCP_ACK), XTCP_ACCEPT);
	CHECK_EQ(judge(1000, 100, 1100, 1, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(0xfffffff0, 100, 0x10, 10, XTCP_ACK), XTCP_ACCEPT);
}

TEST(accept_segment__text_covers_window)
{
	CHECK_EQ(judge(1000, 100, 900, 1000, XTCP_ACK), XTCP_ACCEPT);
}

/* RFC 9293 3.8.4 */
TEST(accept_segment__keepalive_probe)
{
	CHECK_EQ(judge(1000, 100, 999, 0, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(1000, 100, 999, 1, XTCP_ACK), XTCP_DROP_DUP);
}

TEST(accept_segment__old_text)
{
	CHECK_EQ(judge(1000, 100, 900, 100, XTCP_ACK), XTCP_DROP_DUP);
	CHECK_EQ(judge(1000, 0, 900, 100, XTCP_ACK), XTCP_DROP_DUP);
	CHECK_EQ(judge(10, 100, 0xfffffff0, 20, XTCP_ACK), XTCP_DROP_DUP);
}

/* No window was ever so large that the peer could repeat this: its ACK is not believed either. */
TEST(accept_segment__text_too_old)
{
	CHECK_EQ(judge(100000, 100, 100000 - 65535, 100, XTCP_ACK), XTCP_DROP_DUP);
	CHECK_EQ(judge(100000, 100, 100000 - 65536, 100, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(100000, 100, 100000u + 0x7fffffff, 600, XTCP_ACK), XTCP_DROP_ACK);
	CHECK_EQ(judge(100000, 100, 100000 - 65536, 65600, XTCP_ACK), XTCP_ACCEPT);
}

TEST(accept_segment__retransmitted_fin)
{
	CHECK_EQ(judge(1000, 100, 999, 1, XTCP_ACK | XTCP_FIN), XTCP_DROP_DUP);
	CHECK_EQ(judge(1000, 0, 999, 1, XTCP_ACK | XTCP_FIN), XTCP_DROP_DUP);
}

/* RFC 5961 3.2 */
TEST(accept_segment__rst)
{
	CHECK_EQ(judge(1000, 100, 1000, 0, XTCP_RST), XTCP_RESET);
	CHECK_EQ(judge(1000, 100, 1001, 0, XTCP_RST), XTCP_CHALLENGE);
	CHECK_EQ(judge(1000, 100, 1099, 0, XTCP_RST | XTCP_ACK), XTCP_CHALLENGE);
	CHECK_EQ(judge(1000, 100, 1100, 0, XTCP_RST), XTCP_CHALLENGE);
	CHECK_EQ(judge(1000, 100, 1101, 0, XTCP_RST), XTCP_DROP_SILENT);
	CHECK_EQ(judge(1000, 100, 999, 0, XTCP_RST), XTCP_DROP_SILENT);
	CHECK_EQ(judge(1000, 100, 999, 5, XTCP_RST), XTCP_DROP_SILENT);
	CHECK_EQ(judge(1000, 100, 1000, 5, XTCP_RST), XTCP_RESET);
}

TEST(accept_segment__rst_no_window)
{
	CHECK_EQ(judge(1000, 0, 1000, 0, XTCP_RST), XTCP_RESET);
	CHECK_EQ(judge(1000, 0, 1001, 0, XTCP_RST), XTCP_DROP_SILENT);
	CHECK_EQ(judge(1000, 0, 999, 0, XTCP_RST), XTCP_DROP_SILENT);
}

/* RFC 5961 4.2: irrespective of the sequence number */
/* A RST at the number of a FIN that was taken, as some peers send it */
TEST(accept_segment__rst_at_fin)
{
	struct xtcp_accept_in in = conn(1001, 100);
	struct xtcp_segment s = seg(1000, 0, XTCP_RST);

	CHECK_EQ(xtcp_accept_segment(&in, &s, &none), XTCP_DROP_SILENT);
	in.fin_received = true;
	CHECK_EQ(xtcp_accept_segment(&in, &s, &none), XTCP_RESET);
	s = seg(999, 0, XTCP_RST);
	CHECK_EQ(xtcp_accept_segment(&in, &s, &none), XTCP_DROP_SILENT);
}

TEST(accept_segment__syn)
{
	CHECK_EQ(judge(1000, 100, 1000, 1, XTCP_SYN), XTCP_CHALLENGE);
	CHECK_EQ(judge(1000, 100, 0x80000000, 1, XTCP_SYN), XTCP_CHALLENGE);
	CHECK_EQ(judge(1000, 100, 999, 1, XTCP_SYN | XTCP_ACK), XTCP_CHALLENGE);
	CHECK_EQ(judge(1000, 100, 1000, 1, XTCP_SYN | XTCP_RST), XTCP_RESET);
}

static struct xtcp_accept_in ts_conn(u32 ts_recent, u32 age_s)
{
	return (struct xtcp_accept_in){
		.rcv_nxt = 1000, .rcv_wnd = 100, .ts_recent = ts_recent, .ts_recent_age_s = age_s, .ts_ok = true
	};
}

static struct xtcp_options ts(u32 tsval)
{
	return (struct xtcp_options){ .has_ts = true, .tsval = tsval };
}

/* RFC 7323 5.3 R1 */
TEST(accept_paws__older_timestamp)
{
	struct xtcp_accept_in in = ts_conn(5000, 0);
	struct xtcp_options o = ts(4999);
	struct xtcp_segment s = seg(1000, 10, XTCP_ACK);

	CHECK(xtcp_accept_paws(&in, &o));
	CHECK_EQ(xtcp_accept_segment(&in, &s, &o), XTCP_DROP_PAWS);
	o.tsval = 5000;
	CHECK(!xtcp_accept_paws(&in, &o));
	CHECK_EQ(xtcp_accept_segment(&in, &s, &o), XTCP_ACCEPT);
	in.ts_recent = 5;
	o.tsval = 0xfffffff0;
	CHECK(xtcp_accept_paws(&in, &o));
}

/* PAWS comes before the sequence number and SYN checks */
TEST(accept_paws__before_sequence)
{
	struct xtcp_accept_in in = ts_conn(5000, 0);
	struct xtcp_options o = ts(4999);
	struct xtcp_segment s = seg(5, 10, XTCP_ACK);

	CHECK_EQ(xtcp_accept_segment(&in, &s, &o), XTCP_DROP_PAWS);
	s.flags = XTCP_SYN;
	CHECK_EQ(xtcp_accept_segment(&in, &s, &o), XTCP_DROP_PAWS);
}

/* RFC 7323 5.5 */
TEST(accept_paws__void_after_24_days)
{
	struct xtcp_accept_in in = ts_conn(5000, 24 * DAY_S);
	struct xtcp_options o = ts(4999);

	CHECK(xtcp_accept_paws(&in, &o));
	in.ts_recent_age_s++;
	CHECK(!xtcp_accept_paws(&in, &o));
}

/* RFC 7323 5.2 */
TEST(accept_paws__not_for_rst)
{
	struct xtcp_accept_in in = ts_conn(5000, 0);
	struct xtcp_options o = ts(4999);
	struct xtcp_segment s = seg(1000, 0, XTCP_RST);

	CHECK_EQ(xtcp_accept_segment(&in, &s, &o), XTCP_RESET);
}

/* A middlebox took the timestamps away: go by the sequence number. */
TEST(accept_paws__no_timestamp)
{
	struct xtcp_accept_in in = ts_conn(5000, 0);
	struct xtcp_segment s = seg(1000, 10, XTCP_ACK);
	struct xtcp_options o = ts(1);

	CHECK_EQ(xtcp_accept_segment(&in, &s, &none), XTCP_ACCEPT);
	in.ts_ok = false;
	CHECK_EQ(xtcp_accept_segment(&in, &s, &o), XTCP_ACCEPT);
}

TEST(accept_paws__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		s64 recent = (s64)1 << 40 | tap_edgy();
		s64 d = tap_edgy() & 0x7fffffff;
		s64 val = recent + (tap_below(2) ? d : -d);
		u32 age = tap_below(2) ? tap_below(100 * DAY_S) : 24 * DAY_S + tap_below(3) - 1;
		struct xtcp_accept_in in = ts_conn(recent, age);
		struct xtcp_options o = ts(val);

		CHECK_EQ(xtcp_accept_paws(&in, &o), val < recent && age <= 24 * DAY_S);
	}
}

/* The model: lay out the window as a set of bytes and look. */
static bool in_window(const struct xtcp_accept_in *in, u32 seq)
{
	u32 i;

	for (i = 0; i < in->rcv_wnd; i++)
		if (in->rcv_nxt + i == seq)
			return true;
	return false;
}

static enum xtcp_verdict model(const struct xtcp_accept_in *in, const struct xtcp_segment *s, u32 len)
{
	bool edge = s->seq == in->rcv_nxt + in->rcv_wnd, any = false;
	u32 i, past = 0;

	if (s->flags & XTCP_RST) {
		if (s->seq == in->rcv_nxt)
			return XTCP_RESET;
		return edge || in_window(in, s->seq) ? XTCP_CHALLENGE : XTCP_DROP_SILENT;
	}
	if (s->flags & XTCP_SYN)
		return XTCP_CHALLENGE;
	if (!len)
		return edge || in_window(in, s->seq) ? XTCP_ACCEPT : XTCP_DROP_ACK;
	for (i = 0; i < len; i++) {
		u32 back = in->rcv_nxt - (s->seq + i);

		any |= in_window(in, s->seq + i);
		past += back >= 1 && back <= 1000;
	}
	if (any)
		return XTCP_ACCEPT;
	return past == len ? XTCP_DROP_DUP : XTCP_DROP_ACK;
}

TEST(accept_segment__as_byte_by_byte)
{
	static const u8 flags[] = { XTCP_ACK, XTCP_ACK, XTCP_ACK | XTCP_FIN, XTCP_RST, XTCP_RST | XTCP_ACK, XTCP_SYN };
	unsigned int i;

	for (i = 0; i < ROUNDS / 2; i++) {
		struct xtcp_accept_in in = conn(tap_edgy(), tap_below(4) ? tap_below(24) : 0);
		u32 len = tap_below(3) ? tap_below(40) : 0;
		struct xtcp_segment s = seg(in.rcv_nxt + tap_below(90) - 45, len, flags[tap_below(6)]);

		CHECK_EQ(xtcp_accept_segment(&in, &s, &none), model(&in, &s, len));
		CHECK(!len || in.rcv_wnd || !xtcp_accept_sequence(&in, &s));
	}
}

/* The same for windows and distances of any size, with comparisons of unwrapped numbers. */
TEST(accept_sequence__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		s64 nxt = (s64)1 << 40 | tap_edgy();
		s64 wnd = tap_edgy() & 0x3fffffff, len = tap_edgy() & 0xffff;
		s64 from = tap_below(2) ? nxt : nxt + wnd;
		s64 seq = from + (s64)(tap_edgy() & 0x1fffffff) * (tap_below(2) ? 1 : -1);
		struct xtcp_accept_in in = conn(nxt, wnd);
		struct xtcp_segment s = seg(seq, len, XTCP_ACK);
		bool want = seq < nxt + wnd && seq + len > nxt;

		if (!len)
			want = seq >= nxt && seq <= nxt + wnd;
		CHECK_EQ(xtcp_accept_sequence(&in, &s), want && (wnd || !len));
	}
}

/* RFC 9293 3.10.7.4 fifth check, RFC 5961 5.2 */
TEST(accept_ack__limits)
{
	CHECK_EQ(xtcp_accept_ack(1000, 1000, 2000, 500), XTCP_ACK_SAME);
	CHECK_EQ(xtcp_accept_ack(1001, 1000, 2000, 500), XTCP_ACK_NEW);
	CHECK_EQ(xtcp_accept_ack(2000, 1000, 2000, 500), XTCP_ACK_NEW);
	CHECK_EQ(xtcp_accept_ack(2001, 1000, 2000, 500), XTCP_ACK_FUTURE);
	CHECK_EQ(xtcp_accept_ack(999, 1000, 2000, 500), XTCP_ACK_OLD);
	CHECK_EQ(xtcp_accept_ack(500, 1000, 2000, 500), XTCP_ACK_OLD);
	CHECK_EQ(xtcp_accept_ack(499, 1000, 2000, 500), XTCP_ACK_TOO_OLD);
	CHECK_EQ(xtcp_accept_ack(1000, 1000, 1000, 0), XTCP_ACK_SAME);
	CHECK_EQ(xtcp_accept_ack(1001, 1000, 1000, 0), XTCP_ACK_FUTURE);
	CHECK_EQ(xtcp_accept_ack(999, 1000, 1000, 0), XTCP_ACK_TOO_OLD);
}

TEST(accept_ack__as_unwrapped)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		s64 una = (s64)1 << 40 | tap_edgy();
		s64 nxt = una + (tap_edgy() & 0x3fffffff), max_wnd = tap_edgy() & 0x3fffffff;
		s64 base = tap_below(3) ? una : tap_below(2) ? nxt : una - max_wnd;
		s64 ack = base + (s64)(tap_edgy() & 0x3fffffff) * (tap_below(2) ? 1 : -1);
		enum xtcp_ack_verdict want = ack < una - max_wnd ? XTCP_ACK_TOO_OLD :
					     ack < una ? XTCP_ACK_OLD :
					     ack == una ? XTCP_ACK_SAME :
					     ack <= nxt ? XTCP_ACK_NEW : XTCP_ACK_FUTURE;

		if (ack - una < (s64)1 << 31 && una - ack < (s64)1 << 31)
			CHECK_EQ(xtcp_accept_ack(ack, una, nxt, max_wnd), want);
	}
}

/* RFC 7323 4.3 (2) */
TEST(accept_ts_update__rules)
{
	struct xtcp_accept_in in = ts_conn(5000, 0);
	struct xtcp_segment s = seg(1000, 10, XTCP_ACK);
	struct xtcp_options o = ts(5001);

	CHECK(xtcp_accept_ts_update(&in, &s, &o, 1000));
	CHECK(xtcp_accept_ts_update(&in, &s, &o, 1500));
	CHECK(!xtcp_accept_ts_update(&in, &s, &o, 999));
	o.tsval = 5000;
	CHECK(xtcp_accept_ts_update(&in, &s, &o, 1000));
	o.tsval = 4999;
	CHECK(!xtcp_accept_ts_update(&in, &s, &o, 1000));
	in.ts_recent_age_s = 25 * DAY_S;
	CHECK(xtcp_accept_ts_update(&in, &s, &o, 1000));
	in.ts_ok = false;
	CHECK(!xtcp_accept_ts_update(&in, &s, &o, 1000));
	in.ts_ok = true;
	CHECK(!xtcp_accept_ts_update(&in, &s, &none, 1000));
}

/* RFC 6191 2 */
TEST(accept_reuse__timestamps)
{
	struct xtcp_segment s = seg(100, 1, XTCP_SYN);
	struct xtcp_options o = ts(5001);

	CHECK(xtcp_accept_reuse(1000, 5000, true, &s, &o));
	o.tsval = 4999;
	CHECK(!xtcp_accept_reuse(1000, 5000, true, &s, &o));
	s = seg(2000, 1, XTCP_SYN);
	CHECK(!xtcp_accept_reuse(1000, 5000, true, &s, &o));
	o.tsval = 5000;
	CHECK(xtcp_accept_reuse(1000, 5000, true, &s, &o));
	s = seg(1000, 1, XTCP_SYN);
	CHECK(!xtcp_accept_reuse(1000, 5000, true, &s, &o));
}

TEST(accept_reuse__sequence)
{
	struct xtcp_segment s = seg(1001, 1, XTCP_SYN);
	struct xtcp_options o = ts(1);

	CHECK(xtcp_accept_reuse(1000, 5000, true, &s, &none));
	CHECK(xtcp_accept_reuse(1000, 0, false, &s, &none));
	CHECK(xtcp_accept_reuse(1000, 0, false, &s, &o));
	CHECK(xtcp_accept_reuse(0xffffffff, 0, false, &s, &none));
	s = seg(1000, 1, XTCP_SYN);
	CHECK(!xtcp_accept_reuse(1000, 5000, true, &s, &none));
	CHECK(!xtcp_accept_reuse(1000, 0, false, &s, &o));
}
