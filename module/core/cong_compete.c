// SPDX-License-Identifier: GPL-2.0
/*
 * The law "xtcp" beside flows that fill the buffer: how they are noticed, and how to see that they have gone. Meanwhile
 * the window is that of CUBIC (RFC 9438), so that each gets about what another CUBIC flow would get. Called by cong.c.
 */
#include "cong.h"

#define ONE			XTCP_LAW_ONE
#define STRIKES			3u		/* cuts in vain before we compete */
#define BETA_LOSS_Q8		179u		/* 0.7, RFC 9438 4.6 */
#define BETA_MARK_Q8		218u		/* 0.85, RFC 8511 */
#define BETA_SEEN_Q8		226u		/* others lost */
#define TEST_US			5000000u	/* between two looks whether we still have to compete */
#define TIDES			2u		/* so many falls of the queue are no chance */
#define TIDE_EPOCHS		6u		/* so many epochs tell high from low, */
#define TIDE_ROUNDS		12u		/* or as many as last that many round trips, and three */
#define TIDE_RTTS		20u		/* and the shortest, round trips */
#define TIDE_US			20000000u	/* the longest time from one to the next */
#define PRESSURE_MAX		2u		/* times the target that one epoch counts */
#define PRESSURE_US		3000000u	/* its mean is over that time, or over eight epochs */
#define DRAINED_PERCENT		85u		/* of what we gave up: the queue is ours alone */
#define STAY_MAX_MS		64000u

/* alpha of the Reno-friendly region, RFC 9438 4.3: 3 * (1 - beta) / (1 + beta) = 0.53 */
#define ALPHA_Q8		136u
#define T_MAX_MS		100000u

/** xtcp_law_cbrt() - the cube root, rounded down */
u32 xtcp_law_cbrt(u64 x)
{
	u64 y = 0;
	int s;

	for (s = 63; s >= 0; s -= 3) {
		u64 b;

		y += y;
		b = 3 * y * (y + 1) + 1;
		if (x >> s >= b) {
			x -= b << s;
			y++;
		}
	}
	return y;
}

/* RFC 9438 4.2: K = cbrt((W_max - cwnd) / C) seconds, C = 0.4; in ms, windows in Q8. */
static u32 cubic_k_ms(u32 max_q8, u32 w_q8)
{
	u64 gap = max_q8 > w_q8 ? max_q8 - w_q8 : 0;

	return xtcp_law_cbrt(div_u64(gap * 2500000000ull, XTCP_LAW_ONE));
}

static void cubic_epoch(struct xtcp_law *l, u64 now_us)
{
	l->cubic_k_ms = cubic_k_ms(l->cubic_max_q8, l->w_q8);
	l->cubic_begin_us = now_us;
	l->reno_q8 = l->w_q8;
}

/*
 * Begin at the present window. Until something is lost we aim at l->cubic_max_q8 or, in a queue that is or becomes
 * longer, at the window that carries half the rate that we had.
 */
static void cubic_aim(struct xtcp_law *l, u64 now_us)
{
	u64 aim = min_t(u64, div_u64((u64)l->long_q8 * l->view.lo_us, 2 * max(l->base_us, 1u)), XTCP_LAW_W_MAX_Q8);

	if (now_us != l->compete_since_us && aim < l->cubic_max_q8 + (u64)l->cubic_max_q8 / 8)
		return;
	l->cubic_max_q8 = max_t(u64, l->cubic_max_q8, aim);
	cubic_epoch(l, now_us);
}

/* loss: RFC 9438 4.6, 4.7 (fast convergence); @beta_q8: what remains */
static void cubic_cut(struct xtcp_law *l, u64 now_us, u32 beta_q8)
{
	u64 w = l->w_q8;

	l->cubic_max_q8 = w < l->cubic_max_q8 ? w * (256 + beta_q8) / 512 : w;
	l->w_q8 = max_t(u64, w * beta_q8 / 256, XTCP_LAW_CWND_MIN * XTCP_LAW_ONE);
	/* nobody grows while recovery goes on, which takes a round trip */
	cubic_epoch(l, now_us + l->view.mid_us);
}

/* an ACK came: RFC 9438 4.2 to 4.5 */
static void cubic_grow(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	u64 ms = a->now_us > l->cubic_begin_us ? min_t(u64, div_u64(a->now_us - l->cubic_begin_us, 1000), T_MAX_MS) : 0;
	u64 t = ms + min(l->base_us / 1000, T_MAX_MS);
	u64 d = t > l->cubic_k_ms ? t - l->cubic_k_ms : l->cubic_k_ms - t;
	u64 delta, goal, w = max(l->w_q8, XTCP_LAW_ONE);

	if (a->now_us < l->cubic_begin_us)
		return;
	d = min_t(u64, d, 1000000);
	/* C * d^3 in Q8: 0.4 * 256 / 10^9 per ms^3 */
	delta = div_u64(div_u64(d * d, 100) * d, 97656);
	if (t > l->cubic_k_ms)
		goal = l->cubic_max_q8 + delta;
	else
		goal = l->cubic_max_q8 > delta ? l->cubic_max_q8 - delta : 0;
	goal = clamp_t(u64, goal, w, w + w / 2);
	w += div64_u64((goal - w) * a->acked * XTCP_LAW_ONE, w);

	/* what Reno would have */
	l->reno_q8 = min_t(u64, XTCP_LAW_CWND_MAX * XTCP_LAW_ONE, l->reno_q8 +
			   div_u64((u64)ALPHA_Q8 * a->acked * XTCP_LAW_ONE,
				   max(l->w_q8, XTCP_LAW_ONE)));
	l->w_q8 = min_t(u64, max_t(u64, w, l->reno_q8), XTCP_LAW_CWND_MAX * XTCP_LAW_ONE);
}

/* ------------------------------------------------------------ in and out */

/** xtcp_law_compete_enter() - somebody fills the buffer: from now on as CUBIC */
void xtcp_law_compete_enter(struct xtcp_law *l, u64 now_us)
{
	/* left a short time ago: it was a mistake, so stay longer */
	if (l->compete_left_us && now_us - l->compete_left_us < 10000000)
		l->compete_stay_ms = min(2 * l->compete_stay_ms, STAY_MAX_MS);
	else
		l->compete_stay_ms = XTCP_LAW_STAY_MIN_MS;
	l->mode = XTCP_LAW_COMPETE;
	l->compete_since_us = now_us;
	l->compete_until_us = now_us + (u64)l->compete_stay_ms * 1000;
	l->test_us = now_us + TEST_US;
	l->quiet = 0;
	l->peak_q_us = 0;
	l->cut_us = now_us;
	l->pressure_q16 = 0;
	l->pressure_us = 0;
	l->tides = 0;
	/* we gave way in vain: half of what we had before, and from there to all of it, as after a loss */
	l->cubic_max_q8 = max(l->long_q8, l->w_q8);
	xtcp_law_set_w(l, max(l->w_q8, l->long_q8 / 2));
	cubic_aim(l, now_us);
}

/**
 * xtcp_law_compete_filled() - does somebody else fill the buffer?
 * @l: state, after a cut
 * @stood_us: the queue that stood
 * @now_us: clock
 *
 * Cuts in vain are no proof by themselves: a flow of ours that has more than its share gives it to others of ours, and
 * the queue stays what it was. Somebody fills the buffer if we gave up much, and still the queue is long: by our
 * target, or by the path.
 */
bool xtcp_law_compete_filled(const struct xtcp_law *l, u32 stood_us, u64 now_us)
{
	u32 stood_q8 = xtcp_law_window(l->view.rate, stood_us), target = l->view.target_q8;

	/* while we are new, so are perhaps others: several that begin are no filler */
	if (l->strikes <= STRIKES || now_us < l->grown_us || stood_us < l->strike_q_us / 2 ||
	    l->w_q8 > l->saved_q8 / 2)
		return false;
	return stood_q8 > 4 * target || (stood_us > l->base_us / 2 && stood_q8 > target + target / 2);
}

/**
 * xtcp_law_compete_pushed() - are we being pushed out? Once an epoch
 * @l: state
 * @now_us: clock
 *
 * Slowly pushed out: in the mean of many epochs more than our target is in a long queue although we obeyed all the
 * time. Among flows like us that cannot last. The fewer packets we have left, the more round trips an epoch lasts, so
 * it counts by the time it took.
 */
bool xtcp_law_compete_pushed(struct xtcp_law *l, u64 now_us)
{
	const struct xtcp_law_view *v = &l->view;
	u32 ratio_q8 = min_t(u64, (u64)v->own_q8 * ONE / max(v->target_q8, 1u), PRESSURE_MAX * ONE);
	u32 part = clamp_t(u64, div_u64(now_us - l->ep.begin_us, PRESSURE_US / 256), 1, 32);

	l->pressure_q16 = (l->pressure_q16 * (256 - part) + ratio_q8 * part * 256) / 256;
	l->pressure_us = ((u64)l->pressure_us * (256 - part) + (u64)v->queue_us * part) / 256;
	l->long_q8 = max(l->w_q8, l->long_q8 - l->long_q8 / 512);
	return l->pressure_q16 / 256 > ONE + ONE / 20 && l->pressure_us > max(l->base_us / 4, 5000u) &&
	       v->queue_us > l->pressure_us / 2;
}

/**
 * xtcp_law_compete_robbed() - do others fill the buffer while we keep to our target? Once an epoch
 * @l: state
 * @now_us: clock
 *
 * Pushed out long ago: our few packets are the target, in a queue that is never gone. A queue of flows like us stands
 * still. One that rises and falls by a quarter, again and again, without being drained, is of those who wait for loss.
 * Of a few epochs the least tells a rise and the longest a fall, so that neither bursts nor dips do.
 */
bool xtcp_law_compete_robbed(struct xtcp_law *l, u64 now_us)
{
	u32 low_us = l->queue_us[0], high_us = l->queue_us[0], empty_us = max(l->base_us / 8, 3000u), i;
	/* with few packets an epoch lasts several round trips, and CUBIC's ups and downs only some twenty */
	u32 epochs = clamp(TIDE_ROUNDS / max(l->ep.rounds, 1u), 3u, TIDE_EPOCHS);

	for (i = 1; i < epochs; i++) {
		low_us = min(low_us, l->queue_us[i]);
		high_us = max(high_us, l->queue_us[i]);
	}
	if (high_us < empty_us || now_us < l->grown_us || now_us - l->tide_us > TIDE_US)
		l->tides = 0;
	if (!l->tide_rises) {
		l->tide_q_us = min(l->tide_q_us, high_us);
		if (low_us > l->tide_q_us + l->tide_q_us / 3) {
			l->tide_rises = true;
			l->tide_q_us = low_us;
		}
		return false;
	}
	l->tide_q_us = max(l->tide_q_us, low_us);
	if (high_us >= l->tide_q_us - l->tide_q_us / 4)
		return false;
	/* too soon after the last one: dips of flows like us */
	if (now_us - l->tide_us > (u64)TIDE_RTTS * l->view.lo_us)
		l->tides++;
	else
		l->tides = 0;
	l->tide_rises = false;
	l->tide_q_us = high_us;
	l->tide_us = now_us;
	return l->tides >= TIDES;
}

/*
 * Did the queue go when we gave way? Of a queue that is ours, or that of flows like us who give way at the same sign,
 * the RTT falls by as much as our window did. One who fills the buffer gives way less, or not at all.
 */
static bool drained(const struct xtcp_law *l)
{
	u32 rtt_us = l->base_us + l->dip_q_us, least = clamp(l->dip_min_us, l->base_us, rtt_us);
	u64 kept_back = xtcp_law_less(l->dip_before_q8, l->dip_floor_q8);

	if (least - l->base_us < max(l->base_us / 20, 1500u))
		return true;
	return (u64)(rtt_us - least) * l->dip_before_q8 * 100 > kept_back * rtt_us * DRAINED_PERCENT;
}

/** xtcp_law_compete_tested() - a dip while competing is over; returns true if there is nobody to compete with */
bool xtcp_law_compete_tested(struct xtcp_law *l, u64 now_us)
{
	l->test_us = now_us + TEST_US;
	if (!drained(l)) {
		l->quiet = 0;
		return false;
	}
	if (++l->quiet < 2 || now_us < l->compete_until_us)
		return false;
	l->compete_left_us = now_us;
	return true;
}

/* Give way. If it is time to see whether we still have to compete, give way more, and look. */
static void compete_cut(struct xtcp_law *l, const struct xtcp_law_ack *a, u32 beta_q8)
{
	u32 before_q8 = l->w_q8;

	cubic_cut(l, a->now_us, beta_q8);
	l->cut_us = a->now_us;
	l->known = 0;
	if (a->now_us >= l->test_us)
		xtcp_law_dip_begin(l, a, l->w_q8 / 2, before_q8);
}

/** xtcp_law_compete_ack() - an ACK while competing */
void xtcp_law_compete_ack(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	if ((a->lost || a->ce) && a->now_us - l->cut_us > l->view.mid_us) {
		compete_cut(l, a, a->lost ? BETA_LOSS_Q8 : BETA_MARK_Q8);
		return;
	}
	if (a->acked && (u64)(a->in_flight + a->acked + 2) * ONE >= (u64)l->w_q8 * 7 / 8)
		cubic_grow(l, a);
}

/** xtcp_law_compete_epoch() - an epoch while competing */
void xtcp_law_compete_epoch(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	u32 queue_us = l->view.queue_us;

	if (l->cut_us == l->compete_since_us)
		cubic_aim(l, a->now_us);
	/* what our own change does to the queue is over after some epochs */
	if (l->known < 4)
		l->peak_q_us = queue_us;
	l->peak_q_us = max(l->peak_q_us, queue_us);
	if (l->peak_q_us > 3000 && queue_us < l->peak_q_us - l->peak_q_us / 8)
		/* the buffer was full and others gave way: that we, who come evenly, lost nothing is no merit */
		compete_cut(l, a, BETA_SEEN_Q8);
	else if (a->now_us >= l->test_us + TEST_US)
		/* nothing happens: look nevertheless */
		xtcp_law_dip_begin(l, a, l->w_q8 / 2, l->w_q8);
}
