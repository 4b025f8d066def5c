// SPDX-License-Identifier: GPL-2.0
/*
 * What the law "xtcp" knows of the path: an epoch of about one round trip gathers RTT samples, deliveries, losses and
 * marks, and is then judged against the base RTT. Called by cong.c; takes no decision.
 *
 * The RTT of an epoch is a low percentile, not the minimum: a single packet that overtook the others (reordering by
 * delay) must not pass for an empty queue, and jitter hides in the upper part. The base RTT is the least of these over
 * three slots of time, each long enough to hold a dip, so that a change of route is believed in the end.
 */
#include "cong.h"

#define EPOCH_SAMPLES	8u	/* fewer: the epoch goes on for another round trip */
#define EPOCH_ROUNDS	4u	/* but not for ever */
#define SLOT_MIN_US	10000000u
#define SLOT_RTTS	48u
#define WIN_MAX		16777216u	/* packets counted of one epoch */

/** xtcp_law_percentile() - the value that part/whole of the @n values at @v are below; sorts @v; 0 if there is none */
u32 xtcp_law_percentile(u32 *v, u32 n, u32 part, u32 whole)
{
	u32 i, j;

	if (!n)
		return 0;
	for (i = 1; i < n; i++) {
		u32 x = v[i];

		for (j = i; j && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
	return v[min_t(u32, n - 1, n * part / whole)];
}

/** xtcp_law_window() - packets that @rate (packets/s) carries in @us, Q8, within the bounds of a window */
u32 xtcp_law_window(u32 rate, u32 us)
{
	u64 product = (u64)rate * us, whole = div_u64(product, 1000000);
	u64 part = div_u64((product - whole * 1000000) * XTCP_LAW_ONE, 1000000);

	return min_t(u64, whole * XTCP_LAW_ONE + part, (u64)XTCP_LAW_CWND_MAX * XTCP_LAW_ONE);
}

/** xtcp_law_epoch_begin() - a new epoch: it ends when what is sent from now on is acknowledged */
void xtcp_law_epoch_begin(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	struct xtcp_law_epoch *e = &l->ep;

	e->begin_us = a->now_us;
	e->begin_delivered = a->delivered;
	e->end_delivered = a->delivered;
	e->acked = 0;
	e->lost = 0;
	e->ce = 0;
	e->max_flight = a->in_flight;
	e->nr = 0;
	e->rounds = 0;
	e->app_limited = false;
}

/* Any sample is as likely to be kept as any other: segments leave in bursts, where every n-th has the same place. */
static void epoch_sample(struct xtcp_law *l, u32 rtt_us)
{
	struct xtcp_law_epoch *e = &l->ep;
	u32 at = e->nr++;

	if (at >= XTCP_LAW_SAMPLES) {
		l->random = l->random * 1664525 + 1013904223;
		at = (u64)l->random * e->nr >> 32;
	}
	if (at < XTCP_LAW_SAMPLES)
		e->rtt[at] = clamp(rtt_us, 1u, XTCP_LAW_RTT_MAX_US);
}

/** xtcp_law_epoch_add() - count an ACK; returns true if the epoch is full */
bool xtcp_law_epoch_add(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	struct xtcp_law_epoch *e = &l->ep;

	e->acked += a->acked;
	e->lost += a->lost;
	e->ce += a->ce;
	e->max_flight = max(e->max_flight, a->in_flight + a->acked);
	e->app_limited |= a->app_limited;
	if (a->rtt_us > 0 && e->nr < (1u << 30))
		epoch_sample(l, a->rtt_us);
	if (!a->has_sample || (s32)(a->prior_delivered - e->end_delivered) < 0)
		return false;
	e->end_delivered = a->delivered;
	e->rounds++;
	return e->nr && (e->nr >= EPOCH_SAMPLES || e->rounds >= EPOCH_ROUNDS);
}

static void base_update(struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us, u32 lo_us)
{
	u64 slot = max_t(u64, max(SLOT_MIN_US, p->dip_ms * 1250), (u64)l->base_us * SLOT_RTTS);

	if (now_us - l->slot_begin_us > slot && l->mode != XTCP_LAW_COMPETE && l->mode != XTCP_LAW_DIP) {
		l->slot_us[2] = l->slot_us[1];
		l->slot_us[1] = l->slot_us[0];
		l->slot_us[0] = lo_us;
		l->slot_begin_us = now_us;
		l->best_us = min(l->best_us + l->best_us / 32, XTCP_LAW_RTT_MAX_US);
	}
	l->slot_us[0] = min(l->slot_us[0], lo_us);
	l->base_us = min(l->slot_us[0], min(l->slot_us[1], l->slot_us[2]));
}

/* The queue that a flow of this rate may keep, Q8 packets: equal for equals, wider on a path that jitters. */
static u32 target(const struct xtcp_law *l, const struct xtcp_law_params *p, u32 rate)
{
	u32 jitter_us = min(l->view.mid_us - l->view.lo_us, l->base_us / 4);
	u32 packet_us = 1000000 / max(rate, 1u);
	u32 t = p->target_q8 * l->shrink_q8 / 256 + xtcp_law_window(rate, p->floor_us);

	/* the median is about a packet above the low end on any path: ACKs come for every second one */
	if (jitter_us > 2 * packet_us && jitter_us > 1000)
		t += xtcp_law_window(rate, jitter_us);
	return t;
}

/** xtcp_law_epoch_judge() - the epoch is full: fill in l->view and the history */
void xtcp_law_epoch_judge(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	struct xtcp_law_epoch *e = &l->ep;
	struct xtcp_law_view *v = &l->view;
	u32 n = min(e->nr, XTCP_LAW_SAMPLES);
	u32 us = clamp_t(u64, a->now_us - e->begin_us, 1, XTCP_LAW_RTT_MAX_US);
	u32 i;

	v->lo_us = xtcp_law_percentile(e->rtt, n, 1, 4);
	v->mid_us = e->rtt[n / 2];
	base_update(l, p, a->now_us, v->lo_us);
	v->queue_us = v->lo_us - l->base_us;
	v->rate = clamp_t(u64, div_u64((u64)(a->delivered - e->begin_delivered) * 1000000, us), 1, XTCP_LAW_RATE_MAX);
	v->own_q8 = xtcp_law_window(v->rate, v->queue_us);
	v->target_q8 = target(l, p, v->rate);
	for (i = XTCP_LAW_HISTORY - 1; i; i--) {
		l->queue_us[i] = l->queue_us[i - 1];
		l->rate[i] = l->rate[i - 1];
	}
	l->queue_us[0] = v->queue_us;
	l->rate[0] = v->rate;
	if (l->known < XTCP_LAW_HISTORY)
		l->known++;
}

/** xtcp_law_queue_min() - the queue that stood through the last @n epochs, us */
u32 xtcp_law_queue_min(const struct xtcp_law *l, u32 n)
{
	u32 i, least = l->queue_us[0];

	for (i = 1; i < min(n, XTCP_LAW_HISTORY); i++)
		least = min(least, l->queue_us[i]);
	return least;
}

/** xtcp_law_loss_count() - the epoch's loss; what is remembered is some eight epochs', the latest most */
void xtcp_law_loss_count(struct xtcp_law *l)
{
	l->win_acked = l->win_acked - l->win_acked / 8 + min(l->ep.acked, WIN_MAX);
	l->win_lost = l->win_lost - (l->win_lost + 7) / 8 + min(l->ep.lost, WIN_MAX);
}

/** xtcp_law_loss_exceeds() - is loss three deviations above @permille? A few losses in a short time prove nothing */
bool xtcp_law_loss_exceeds(const struct xtcp_law *l, u32 permille)
{
	u64 all = (u64)l->win_acked + l->win_lost, expected = all * permille, seen = (u64)l->win_lost * 1000;

	return seen > expected && (seen - expected) / 1000 * ((seen - expected) / 1000) > 9 * expected / 1000;
}

/** xtcp_law_loss_permille() - of the packets of some eight epochs */
u32 xtcp_law_loss_permille(const struct xtcp_law *l)
{
	u64 all = (u64)l->win_acked + l->win_lost;

	return all ? div64_u64((u64)l->win_lost * 1000, all) : 0;
}
