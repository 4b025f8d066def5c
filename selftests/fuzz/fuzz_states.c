// SPDX-License-Identifier: GPL-2.0
/*
 * Any sequence of segments and calls for a connection made of core's decisions, in the order in which module/rx/input.c
 * asks for them. Whatever comes: no number moves back, nothing is taken beyond the window, each change of state is an
 * arrow of RFC 9293 figure 5, and only what proves to know the connection ends it.
 */
#include "accept.h"
#include "reader.h"
#include "seq.h"
#include "step.h"
#include "window.h"

#define BUFFER	65536u

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

/* enum cause - why a segment has ended a connection */
enum cause {
	NOTHING,
	RST,
	REFUSED,
	FIN_ACKED,
	LATE_TEXT,
};

struct conn {
	u8 state;
	u32 una, nxt, wnd, wl1, max_wnd;
	u32 rcv_nxt, edge, read, irs;
	u32 ts_recent, age_s, last_ack;
	bool ts_ok, fin_queued, fin_acked, fin_rcvd, deaf;
	u32 fin_seq;
	enum cause ended;
};

static void advertise(struct conn *c)
{
	struct xtcp_window_in in = {
		.space = BUFFER - (c->rcv_nxt - c->read), .full_space = BUFFER,
		.current_wnd = c->edge - c->rcv_nxt, .mss = 1460,
	};
	u32 edge = c->rcv_nxt + xtcp_window_select(&in);

	REQUIRE(xtcp_seq_ge(edge, c->edge));
	c->edge = edge;
	c->last_ack = c->rcv_nxt;
}

static void take_syn(struct conn *c, const struct xtcp_segment *seg, const struct xtcp_options *o)
{
	c->irs = seg->seq;
	c->rcv_nxt = seg->seq + 1;
	c->read = c->rcv_nxt;
	c->edge = c->rcv_nxt;
	c->wl1 = seg->seq;
	c->wnd = seg->wnd;
	c->max_wnd = seg->wnd;
	c->ts_ok = o->has_ts;
	c->ts_recent = o->tsval;
	c->age_s = 0;
	advertise(c);
}

static void syn_sent(struct conn *c, const struct xtcp_segment *seg, const struct xtcp_options *o)
{
	bool ack_ok = seg->flags & XTCP_ACK && seg->ack != c->una && seg->ack - c->una <= c->nxt - c->una;

	switch (xtcp_step_syn_sent(seg, c->una, c->nxt)) {
	case XTCP_OPEN_SYNACK:
		REQUIRE(ack_ok && seg->flags & XTCP_SYN && !(seg->flags & XTCP_RST));
		take_syn(c, seg, o);
		c->una = seg->ack;
		c->state = TCP_ESTABLISHED;
		break;
	case XTCP_OPEN_SYN:
		REQUIRE((seg->flags & (XTCP_SYN | XTCP_ACK | XTCP_RST)) == XTCP_SYN);
		take_syn(c, seg, o);
		c->state = TCP_SYN_RECV;
		break;
	case XTCP_OPEN_REFUSED:
		REQUIRE(ack_ok && seg->flags & XTCP_RST);
		c->ended = REFUSED;
		c->state = TCP_CLOSE;
		break;
	default:
		break;
	}
}

/* First to fourth check. False: dropped, or the connection is over. */
static bool acceptable(struct conn *c, struct xtcp_segment *seg, const struct xtcp_options *o)
{
	struct xtcp_accept_in in = {
		.rcv_nxt = c->rcv_nxt, .rcv_wnd = c->edge - c->rcv_nxt, .rcv_old = BUFFER, .ts_recent = c->ts_recent,
		.ts_recent_age_s = c->age_s, .ts_ok = c->ts_ok, .fin_received = xtcp_step_heard_fin(c->state),
	};

	switch (xtcp_accept_segment(&in, seg, o)) {
	case XTCP_ACCEPT:
		break;
	case XTCP_DROP_DUP:
		seg->end_seq = seg->seq;
		seg->flags &= ~XTCP_FIN;
		return true;
	case XTCP_RESET:
		REQUIRE(seg->flags & XTCP_RST);
		REQUIRE(seg->seq == c->rcv_nxt || (c->fin_rcvd && seg->seq == c->rcv_nxt - 1));
		c->ended = RST;
		c->state = TCP_CLOSE;
		return false;
	default:
		return false;
	}
	if (xtcp_accept_ts_update(&in, seg, o, c->last_ack)) {
		REQUIRE(c->age_s > 24 * 24 * 3600 || xtcp_seq_ge(o->tsval, c->ts_recent));
		c->ts_recent = o->tsval;
		c->age_s = 0;
	}
	return true;
}

/* Fifth check, and what depends on it. False: dropped. */
static bool take_ack(struct conn *c, const struct xtcp_segment *seg)
{
	u32 una = c->una;

	switch (xtcp_accept_ack(seg->ack, c->una, c->nxt, c->max_wnd)) {
	case XTCP_ACK_NEW:
		c->una = seg->ack;
		break;
	case XTCP_ACK_SAME:
		break;
	case XTCP_ACK_OLD:
		return true;
	default:
		return false;
	}
	if (xtcp_window_update_ok(seg->seq, seg->ack, c->wl1, una, seg->wnd, c->wnd)) {
		c->wnd = seg->wnd;
		c->wl1 = seg->seq;
		c->max_wnd = max(c->max_wnd, c->wnd);
	}
	return true;
}

/* What a FIN or the ACK of one leads to. */
static void step(struct conn *c, u8 to)
{
	if (to == TCP_CLOSE)
		c->ended = FIN_ACKED;
	c->state = to;
}

/* Seventh and eighth check; out of order: forgotten. */
static void take_text(struct conn *c, const struct xtcp_segment *seg)
{
	u32 fin = !!(seg->flags & XTCP_FIN), text_end = seg->end_seq - fin, end;

	if (!xtcp_step_hears(c->state) || xtcp_seq_gt(seg->seq, c->rcv_nxt))
		return;
	end = xtcp_seq_lt(text_end, c->edge) ? text_end : c->edge;
	if (xtcp_seq_gt(end, c->rcv_nxt))
		c->rcv_nxt = end;
	if (!fin || c->rcv_nxt != text_end)
		return;
	c->rcv_nxt++;
	c->fin_rcvd = true;
	if (c->edge == text_end)
		c->edge++;
	step(c, xtcp_step_fin(c->state));
}

static void synchronized(struct conn *c, struct xtcp_segment *seg, const struct xtcp_options *o)
{
	/* simultaneous open: the SYN-ACK repeats a SYN that is here */
	if (c->state == TCP_SYN_RECV && (seg->flags & (XTCP_SYN | XTCP_ACK | XTCP_RST)) == (XTCP_SYN | XTCP_ACK) &&
	    seg->seq + 1 == c->rcv_nxt && seg->ack == c->nxt) {
		seg->flags &= ~XTCP_SYN;
		seg->seq++;
	}
	if (!acceptable(c, seg, o) || !(seg->flags & XTCP_ACK))
		return;
	if (c->state == TCP_SYN_RECV) {
		if (!xtcp_seq_gt(seg->ack, c->una) || xtcp_seq_gt(seg->ack, c->nxt))
			return;
		c->state = TCP_ESTABLISHED;
	}
	if (!take_ack(c, seg))
		return;
	if (c->fin_queued && xtcp_seq_gt(c->una, c->fin_seq)) {
		c->fin_acked = true;
		step(c, xtcp_step_fin_acked(c->state));
		if (c->state == TCP_CLOSE || c->state == TCP_TIME_WAIT)
			return;
	}
	if (c->deaf && xtcp_step_hears(c->state) && c->state != TCP_ESTABLISHED &&
	    xtcp_seq_gt(seg->end_seq - !!(seg->flags & XTCP_FIN), c->rcv_nxt)) {
		c->ended = LATE_TEXT;
		c->state = TCP_CLOSE;
		return;
	}
	take_text(c, seg);
}

static void require_arrow(u8 from, u8 to, bool segment)
{
	static const u16 arrows[] = {
		[TCP_SYN_SENT] = 1 << TCP_ESTABLISHED | 1 << TCP_SYN_RECV,
		/* the ACK of the SYN may bring a FIN */
		[TCP_SYN_RECV] = 1 << TCP_ESTABLISHED | 1 << TCP_CLOSE_WAIT,
		[TCP_ESTABLISHED] = 1 << TCP_CLOSE_WAIT,
		/* one segment may bring a FIN and the ACK of ours */
		[TCP_FIN_WAIT1] = 1 << TCP_FIN_WAIT2 | 1 << TCP_CLOSING | 1 << TCP_TIME_WAIT,
		[TCP_FIN_WAIT2] = 1 << TCP_TIME_WAIT,
		[TCP_CLOSING] = 1 << TCP_TIME_WAIT,
		[TCP_TIME_WAIT] = 0,
		[TCP_CLOSE] = 0,
		[TCP_CLOSE_WAIT] = 0,
		[TCP_LAST_ACK] = 0,
		[TCP_LISTEN] = 0,
	};

	if (segment && from != to && to != TCP_CLOSE)
		REQUIRE(from < ARRAY_SIZE(arrows) && arrows[from] & 1 << to);
}

static void require_sane(const struct conn *c)
{
	REQUIRE(xtcp_seq_le(c->una, c->nxt));
	REQUIRE(xtcp_seq_le(c->rcv_nxt, c->edge) && c->edge - c->rcv_nxt <= BUFFER + 1);
	if (c->state == TCP_CLOSE)
		return;
	REQUIRE(c->fin_rcvd == (xtcp_step_heard_fin(c->state) || c->state == TCP_TIME_WAIT));
	REQUIRE(c->state != TCP_TIME_WAIT || (c->fin_rcvd && c->fin_acked));
	REQUIRE(c->state != TCP_FIN_WAIT2 || c->fin_acked);
	REQUIRE(c->fin_queued || (c->state != TCP_LAST_ACK && c->state != TCP_FIN_WAIT1 &&
				  c->state != TCP_CLOSING));
}

static u32 near_to(struct reader *r, u32 number)
{
	return take(r, 1) & 1 ? number + take_number(r) : number - take_number(r);
}

/* A segment arrives: its numbers are near those of the connection, its options are any bytes. */
static void arrive(struct reader *r, struct conn *c)
{
	struct conn before = *c;
	struct xtcp_segment seg = { .flags = take(r, 1) };
	struct xtcp_options o;
	u8 option[XTCP_OPTIONS_MAX_BYTES];
	u32 size = take(r, 1) % 24, text = take_number(r) & 0xffff;

	seg.seq = near_to(r, c->rcv_nxt);
	seg.ack = near_to(r, c->nxt);
	seg.wnd = take(r, 2);
	seg.end_seq = seg.seq + text + !!(seg.flags & XTCP_SYN) + !!(seg.flags & XTCP_FIN);
	for (u32 i = 0; i < size; i++)
		option[i] = take(r, 1);
	xtcp_options_parse(&o, option, size, seg.flags & XTCP_SYN);

	if (c->state == TCP_SYN_SENT)
		syn_sent(c, &seg, &o);
	else if (c->state != TCP_TIME_WAIT)
		synchronized(c, &seg, &o);
	else
		acceptable(c, &seg, &o);
	require_arrow(before.state, c->state, true);
	REQUIRE(c->state != TCP_CLOSE || c->ended != NOTHING);
	REQUIRE(c->ended != FIN_ACKED || (c->fin_acked && before.state == TCP_LAST_ACK));
	REQUIRE(c->nxt == before.nxt && xtcp_seq_ge(c->una, before.una));
	if (before.state != TCP_SYN_SENT) {
		REQUIRE(xtcp_seq_ge(c->rcv_nxt, before.rcv_nxt));
		REQUIRE(!before.fin_rcvd || c->rcv_nxt == before.rcv_nxt);
		REQUIRE(c->rcv_nxt - before.rcv_nxt <= before.edge - before.rcv_nxt + c->fin_rcvd);
	}
	if (c->state != TCP_SYN_SENT)
		advertise(c);
}

static void user_close(struct conn *c, bool deaf)
{
	u8 to = xtcp_step_close(c->state);

	c->deaf |= deaf;
	if (to == c->state)
		return;
	c->state = to;
	if (to == TCP_CLOSE)
		return;
	c->fin_queued = true;
	c->fin_seq = c->nxt++;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct reader r = { data, len };
	struct conn c = { .state = TCP_SYN_SENT, .una = take(&r, 4) };
	u32 n;

	c.nxt = c.una + 1;
	while (r.left && c.state != TCP_CLOSE) {
		switch (take(&r, 1) % 8) {
		case 0:
			user_close(&c, take(&r, 1) & 1);
			break;
		case 1:
			n = min(take_number(&r), xtcp_window_usable(c.una, c.wnd, c.nxt));
			if (c.state == TCP_ESTABLISHED || c.state == TCP_CLOSE_WAIT)
				c.nxt += n;
			break;
		case 2:
			n = take_number(&r);
			c.read += min(n, c.rcv_nxt - c.read);
			if (c.state != TCP_SYN_SENT)
				advertise(&c);
			break;
		case 3:
			c.age_s += take_number(&r) & 0xffffff;
			break;
		default:
			arrive(&r, &c);
		}
		require_sane(&c);
	}
	return 0;
}
