// SPDX-License-Identifier: GPL-2.0
/*
 * The congestion control law "xtcp": its states and decisions. Called by module/cong/xtcp.c for each ACK; never sees a
 * socket, takes no lock and allocates nothing.
 *
 * Model: base RTT, delivery rate and the queue that stands, all from cong_model.c, once per epoch of about a round
 * trip. A flow alone keeps a window of rate * base RTT plus a queue of two packets of its own; flows that keep the same
 * number of packets in a common queue have the same rate, whatever their RTT (Vegas, FAST). Everything is paced.
 *
 *      STARTUP --- queue or loss or bandwidth found ---> CRUISE <--- every few seconds ---> DIP
 *                                                        |  ^  ^
 *               loss without a queue: a policer, or HOLD <--+  |   the queue does not drain when we give way:
 *               a tiny buffer                                  +-> COMPETE: a CUBIC window; left when a dip drains
 *                                                                  the queue
 *
 * STARTUP doubles per round trip; the spread of the first flight's ACKs tells the bottleneck's rate, and then the
 * second flight fills the path at once. CRUISE adds when there is room, faster and faster when there is much, and takes
 * back its own part of a queue that stood for three epochs: shorter ones are somebody's transfers, and pass. DIP is a
 * short pause that shows an empty queue to this flow and to all others. Loss without a queue is no sign of congestion
 * below a few percent; above, we hold the delivered rate and look whether the loss ends: if not, it does not depend on
 * us.
 *
 * Ideas: Vegas and FAST (packets in the queue), BBR (delivery rate, pacing, loss thresholds, dips), Copa (velocity,
 * mode switch), HyStart++ (RFC 9406), packet trains, LEDBAT++ (slow-downs), DCTCP (share of marks), CUBIC (RFC 9438).
 */
#include "cong.h"

#define ONE			XTCP_LAW_ONE

#define TRAIN_PACKETS		6u		/* ACKed packets that make a train worth believing */
#define JUMP_MAX		8u		/* times the initial window */
#define PERSIST_US		120000u		/* that long, in epochs, makes a queue a standing one */
#define HOLD_FALLS		4u		/* steps down in vain: the loss does not depend on us */
#define HOLD_CLEAN		4u		/* epochs without loss before a held rate grows */
#define JOIN_MIN_MS		1000u		/* between two dips together */
#define JOIN_MAX_MS		60000u
#define DIP_MAX			16u		/* packets that a dip keeps back unless the queue is longer */
#define GROWN_US		2500000u	/* age from which a queue that does not drain is a filler's */
#define CROWD_Q8		224u		/* of the window, after a dip in company: the larger give more */
#define DIP_WAIT_US		1000000u	/* that long a dip waits for somebody's transfer to end */
#define DOUBT_US		5000000u	/* between two looks whether the base RTT has a queue in it */
#define FEW			8u		/* packets: too few to tell chance from a full buffer */
#define SHRINK_MIN_Q8		170u		/* of the target, after marks */
#define TOLERANCE_US		30000000u
#define TOLERANCE_MAX		150u		/* permille */
#define CHANCE_MAX		70u		/* permille; more loss than that is nobody's bad luck */

const struct xtcp_law_bound xtcp_law_bounds[XTCP_LAW_PARAMS] = {
	{ ONE / 2, 64 * ONE },
	{ 0, 100000 },
	{ 0, TOLERANCE_MAX },
	{ 500, 60000 },
	{ 0, 1 },
};

/** xtcp_law_params_ok() - are these within xtcp_law_bounds? */
bool xtcp_law_params_ok(const struct xtcp_law_params *p)
{
	const u32 *value = (const u32 *)p;
	u32 i;

	for (i = 0; i < XTCP_LAW_PARAMS; i++)
		if (value[i] < xtcp_law_bounds[i].min || value[i] > xtcp_law_bounds[i].max)
			return false;
	return true;
}

static u32 law_random(struct xtcp_law *l)
{
	l->random = l->random * 1664525 + 1013904223;
	return l->random >> 16;
}

static void schedule_dip(struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us)
{
	u64 gap = max_t(u64, (u64)p->dip_ms * 1000, (u64)l->base_us * 40);

	l->dip_us = now_us + gap * 3 / 4 + div_u64(gap * law_random(l), 2 * 65536);
}

/** xtcp_law_init() - a connection begins */
void xtcp_law_init(struct xtcp_law *l, u64 now_us, u32 cwnd, u32 rtt_us, u32 delivered, u32 seed)
{
	memset(l, 0, sizeof(*l));
	l->random = seed;
	l->base_us = rtt_us ? min(rtt_us, XTCP_LAW_RTT_MAX_US) : XTCP_LAW_RTT_MAX_US;
	l->best_us = l->base_us;
	l->slot_us[0] = l->base_us;
	l->slot_us[1] = XTCP_LAW_RTT_MAX_US;
	l->slot_us[2] = XTCP_LAW_RTT_MAX_US;
	l->slot_begin_us = now_us;
	l->shrink_q8 = 256;
	l->compete_stay_ms = XTCP_LAW_STAY_MIN_MS;
	l->grown_us = now_us + max_t(u64, GROWN_US, 24ull * rtt_us);
	l->join_ms = JOIN_MIN_MS;
	l->join_us = now_us + JOIN_MIN_MS * 1000ull;
	l->view.lo_us = l->base_us;
	l->view.mid_us = l->base_us;
	l->ep.begin_us = now_us;
	l->ep.begin_delivered = delivered;
	/* the first epoch is the first flight's: packets sent before anything was delivered */
	l->ep.end_delivered = delivered;
	l->first_delivered = delivered;
	xtcp_law_set_w(l, (u64)min(cwnd, XTCP_LAW_CWND_MAX) * ONE);
	l->jump_q8 = min_t(u64, (u64)JUMP_MAX * l->w_q8, XTCP_LAW_W_MAX_Q8);
	l->cwnd = max_t(u32, l->w_q8 / ONE, 1);
	l->pace = rtt_us ? clamp_t(u64, div_u64((u64)l->cwnd * 8000000, rtt_us), XTCP_LAW_RATE_MIN, XTCP_LAW_RATE_MAX) :
			   XTCP_LAW_RATE_MAX;
}

/* ------------------------------------------------------------ changes of state */

static void enter_cruise(struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us)
{
	l->mode = XTCP_LAW_CRUISE;
	l->known = 0;
	l->streak = 0;
	l->strikes = 0;
	if (l->dip_us <= now_us)
		schedule_dip(l, p, now_us);
}

/** xtcp_law_dip_begin() - hold back down to @floor_q8 for a while; @before_q8: the window that made the queue of now */
void xtcp_law_dip_begin(struct xtcp_law *l, const struct xtcp_law_ack *a, u32 floor_q8, u32 before_q8)
{
	l->dip_compete = l->mode == XTCP_LAW_COMPETE;
	l->dip_q_us = max(l->queue_us[0], l->queue_us[1]);
	l->dip_min_us = XTCP_LAW_RTT_MAX_US;
	l->dip_before_q8 = before_q8;
	l->best_us = min(l->best_us, l->base_us);
	l->saved_q8 = l->w_q8;
	l->dip_floor_q8 = max(floor_q8, XTCP_LAW_W_MIN_Q8);
	l->dip_rounds = 0;
	l->mode = XTCP_LAW_DIP;
	xtcp_law_epoch_begin(l, a);
}

static void enter_hold(struct xtcp_law *l, u32 permille)
{
	u64 rate = ((u64)l->rate[0] + (l->known > 1 ? l->rate[1] : l->rate[0])) / 2;

	l->mode = XTCP_LAW_HOLD;
	l->saved_q8 = l->w_q8;
	l->hold_rate = min_t(u64, rate * 16 * 31 / 32, XTCP_LAW_RATE_MAX);
	l->hold_entry_loss = permille;
	l->hold_ceiling = 0;
	l->hold_rounds = 0;
	l->hold_clean = 0;
	l->hold_falls = 0;
	l->win_acked = 0;
	l->win_lost = 0;
}

/* ------------------------------------------------------------ loss */

static u32 loss_tolerance(const struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us)
{
	return now_us < l->tolerance_until_us ? max(l->tolerance, p->loss_permille) : p->loss_permille;
}

/* Whoever's it is, a queue stands: then loss is a full buffer's, and no chance, and not to be got used to. */
static bool queue_stands(const struct xtcp_law *l)
{
	return l->view.own_q8 > 2 * l->view.target_q8 || l->view.mid_us - l->base_us > max(l->base_us / 16, 1000u);
}

/* More loss than chance explains: with a queue, a full buffer; without, a policer or a tiny buffer. True: acted. */
static bool loss_react(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	u32 tolerance = loss_tolerance(l, p, a->now_us);

	/* one bad epoch may be a burst, or reordering that was taken for loss */
	if ((u64)l->ep.lost * 1000 > (u64)tolerance * l->ep.acked)
		l->lossy++;
	else
		l->lossy = 0;
	if (l->lossy < 2 || l->win_lost < 3 || !xtcp_law_loss_exceeds(l, tolerance))
		return false;
	l->lossy = 0;
	if (queue_stands(l) || l->w_q8 < FEW * ONE) {
		if (l->known < 2)
			return false;
		xtcp_law_set_w(l, (u64)l->w_q8 * (l->w_q8 < FEW * ONE ? 179 : 218) / 256);
		l->known = 0;
		l->streak = 0;
		return true;
	}
	/* or our base RTT has a queue in it. All of us lose at the same time, and so look together */
	if (a->now_us >= l->doubt_us) {
		l->doubt_us = a->now_us + DOUBT_US;
		l->dip_long = true;
		l->dip_crowd = false;
		xtcp_law_dip_begin(l, a, l->w_q8 / 4, l->w_q8);
		return true;
	}
	enter_hold(l, xtcp_law_loss_permille(l));
	return true;
}

/* How a held rate grows, as a shift per epoch: slowly around the rate where loss began, else ever faster. */
static u32 hold_pace(const struct xtcp_law *l)
{
	u32 ceiling = l->hold_ceiling;

	if (ceiling && l->hold_rate > ceiling - ceiling / 32 && l->hold_rate < ceiling + ceiling / 2)
		return l->hold_rate < ceiling + ceiling / 8 ? 10 : 8;
	return l->hold_clean > HOLD_CLEAN + 6 ? 4 : 10 - (l->hold_clean - HOLD_CLEAN);
}

/*
 * Holding a rate. The loss ended: it depended on the rate, which may now grow by little steps. It did not: it is the
 * path's, and is tolerated from now on.
 */
static void hold_epoch(struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us)
{
	u32 permille = xtcp_law_loss_permille(l);

	l->hold_rounds++;
	if (l->hold_rounds == 2) {
		/* only now is all that was sent before the change accounted for */
		l->win_acked = 0;
		l->win_lost = 0;
		return;
	}
	if (l->hold_rounds < 6)
		return;
	if ((l->hold_entry_loss && permille * 10 > l->hold_entry_loss * 6 && l->win_lost >= 2) ||
	    l->hold_falls > HOLD_FALLS) {
		if (permille > CHANCE_MAX) {
			/* many of us, each of whom sees that it alone changes nothing: all must give way */
			xtcp_law_set_w(l, (u64)l->saved_q8 * 179 / 256);
			enter_cruise(l, p, now_us);
			return;
		}
		if (!queue_stands(l)) {
			l->tolerance = min(permille * 2 + 10, TOLERANCE_MAX);
			l->tolerance_until_us = now_us + TOLERANCE_US;
		}
		xtcp_law_set_w(l, l->saved_q8);
		enter_cruise(l, p, now_us);
		return;
	}
	l->hold_entry_loss = 0;
	if (l->view.own_q8 > l->view.target_q8) {
		/* a queue: CRUISE can see this bottleneck */
		xtcp_law_set_w(l, (u64)xtcp_law_window(l->view.rate, l->base_us) + l->view.target_q8);
		enter_cruise(l, p, now_us);
		return;
	}
	l->lossy = l->ep.lost ? l->lossy + 1 : 0;
	if (l->ep.ce || l->ep.lost >= 2 || l->lossy >= 2 || permille > 10) {
		/* what came through is what is allowed */
		l->hold_rate = max(min(l->hold_rate - l->hold_rate / 64, l->view.rate * 63 / 64 * 16),
				   XTCP_LAW_RATE_MIN * 16);
		l->hold_falls += !l->ep.ce;
		l->hold_clean = 0;
		l->lossy = 0;
		l->win_acked = 0;
		l->win_lost = 0;
		l->hold_rounds = 1;
		l->hold_ceiling = l->hold_rate;
	} else if (++l->hold_clean > HOLD_CLEAN) {
		l->hold_falls = 0;
		if (l->view.own_q8 < l->view.target_q8 / 2)
			l->hold_rate = min(l->hold_rate + (l->hold_rate >> hold_pace(l)) + 1, XTCP_LAW_RATE_MAX);
	}
	/* a long time and much faster without any loss: whatever limited us is gone */
	if (l->hold_clean > 400)
		enter_cruise(l, p, now_us);
}

/* ------------------------------------------------------------ start-up */

/* The ACKs of the first flight are as far apart as the bottleneck let its packets through. */
static void startup_train(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	u32 n;

	if (l->train_done || !a->has_sample)
		return;
	if (!l->first_us) {
		l->first_us = a->now_us;
		l->first_delivered = a->delivered;
		l->ep.end_delivered = a->delivered;
		l->last_us = a->now_us;
		return;
	}
	n = a->delivered - l->first_delivered;
	if ((s32)(a->prior_delivered - l->first_delivered) < 0) {
		l->last_us = a->now_us;
		l->train = 0;
		if (n >= TRAIN_PACKETS && l->last_us > l->first_us)
			l->train = clamp_t(u64, div64_u64((u64)n * 1000000, l->last_us - l->first_us), 1,
					   XTCP_LAW_RATE_MAX);
		return;
	}
	l->train_done = true;
}

/* Never up: a flow that begins on a long queue takes it for the path's, and window by rate would be more of it. */
static void startup_exit(struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us, u32 rate)
{
	xtcp_law_set_w(l, min_t(u64, l->w_q8, (u64)xtcp_law_window(rate, l->base_us) + p->target_q8));
	l->dip_us = now_us + 2 * (u64)l->base_us + 500000 + law_random(l) * 8;
	enter_cruise(l, p, now_us);
}

static void startup_ack(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	u32 thresh = clamp(l->base_us / 8, 2000u, 16000u), jump;

	startup_train(l, a);
	if (a->ce) {
		xtcp_law_set_w(l, (u64)l->w_q8 * 3 / 4);
		enter_cruise(l, p, a->now_us);
		return;
	}
	if (!a->app_limited || a->in_flight + a->acked >= l->w_q8 / ONE / 2)
		xtcp_law_set_w(l, (u64)l->w_q8 + (u64)a->acked * ONE);
	if (l->train && l->ep.rounds <= 1 && !l->known && a->delivered - l->first_delivered >= TRAIN_PACKETS + 1) {
		jump = min(xtcp_law_window(l->train, l->base_us), l->jump_q8);
		if (jump > l->w_q8)
			xtcp_law_set_w(l, jump);
	}
	/* RFC 9406: leave as soon as a few packets of a round trip have waited */
	if (l->ep.nr == 8 && l->known && xtcp_law_percentile(l->ep.rtt, 8, 1, 8) > l->base_us + thresh)
		startup_exit(l, p, a->now_us, max(l->rate[0], l->train / 2));
}

static void startup_epoch(struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us)
{
	const struct xtcp_law_view *v = &l->view;
	u32 thresh = clamp(l->base_us / 8, 2000u, 16000u);
	u32 best = max(v->rate, l->rate[1]);
	bool lossy = l->ep.lost >= 3 && l->ep.lost * 50 > l->ep.acked;

	/* without a queue it may be chance; if it is not, the next round trip loses many */
	if (!queue_stands(l) && (u64)l->ep.lost * 1000 < (u64)l->ep.acked * CHANCE_MAX)
		lossy = false;
	if (v->queue_us > thresh || lossy) {
		startup_exit(l, p, now_us, best);
		return;
	}
	if (l->train && l->w_q8 >= xtcp_law_window(l->train, l->base_us)) {
		xtcp_law_set_w(l, (u64)xtcp_law_window(l->train, l->base_us) + p->target_q8);
		l->dip_us = now_us + 2 * (u64)l->base_us + 500000 + law_random(l) * 8;
		enter_cruise(l, p, now_us);
		l->streak = 1;
		return;
	}
	/* three round trips without growth: something other than the window limits */
	if (!l->ep.app_limited && l->known >= 4 && (u64)v->rate * 4 < (u64)l->rate[3] * 5)
		startup_exit(l, p, now_us, best);
}

/* ------------------------------------------------------------ cruising */

static void cruise_grow(struct xtcp_law *l, bool limited)
{
	const struct xtcp_law_view *v = &l->view;
	u32 room = v->target_q8 - v->own_q8, step;

	l->strikes = 0;
	if (!limited) {
		l->streak = 0;
		return;
	}
	/* an empty queue looks like one of a packet when ACKs come for every second one */
	if (v->own_q8 * 8 < v->target_q8 * 5)
		l->streak++;
	else
		l->streak = 0;
	step = min(room / 2, ONE);
	/* faster and faster, but not to where marks came from */
	if (l->streak > 3 && (!l->marks || l->w_q8 + 3 * ONE < l->marked_q8))
		step = max(step, ONE << min(l->streak - 3, 16u));
	xtcp_law_set_w(l, (u64)l->w_q8 + min(step, max(l->w_q8 / 4, ONE)));
}

/* Take back our part of a queue that stands. If others do the same it drains; if it does not, somebody fills it. */
static void cruise_cut(struct xtcp_law *l, const struct xtcp_law_params *p, u32 stood_us, u64 now_us)
{
	u32 excess = xtcp_law_less(xtcp_law_window(l->view.rate, stood_us), l->view.target_q8);

	if (stood_us > max(l->base_us / 16, 3000u) && excess > l->view.target_q8 / 4) {
		if (!l->strikes) {
			l->saved_q8 = l->w_q8;
			l->strike_q_us = stood_us;
		}
		l->strikes++;
	}
	if (p->compete && xtcp_law_compete_filled(l, stood_us, now_us)) {
		xtcp_law_compete_enter(l, now_us);
		return;
	}
	xtcp_law_set_w(l, max(xtcp_law_less(l->w_q8, excess), l->w_q8 / 2));
	l->known = 0;
}

/*
 * Marks. Down to what the path carries without a queue, by the delivery rate or, the rate being lower while somebody's
 * transfer passes, by a window that made none a moment ago; and in addition by the square of the marked share: little
 * for the shallow marks of one queue that we fill ourselves, a quarter when all is marked. RFC 3168's echo goes on for
 * a round trip after the answer, so the epoch after one is not answered.
 */
static void cruise_marks(struct xtcp_law *l)
{
	u32 share = l->ep.acked ? min_t(u64, (u64)l->ep.ce * 1024 / l->ep.acked, 1024) : 0;
	u32 i, carried, rate = 0;

	l->marks = l->marks - l->marks / 8 + share / 8;
	if (!share) {
		l->shrink_q8 = min(l->shrink_q8 + 2, 256u);
		l->marked_q8 += l->marked_q8 / 1024;
		return;
	}
	l->streak = 0;
	if (l->known < 2)
		return;
	l->known = 0;
	/* the queue is wanted shorter; below a packet it cannot be seen */
	l->shrink_q8 = max(l->shrink_q8 - l->shrink_q8 / 8, SHRINK_MIN_Q8);
	l->marked_q8 = l->w_q8;
	for (i = 0; i < XTCP_LAW_HISTORY; i++)
		rate = max(rate, l->rate[i]);
	carried = xtcp_law_window(rate, l->base_us) + ONE / 2;
	if (l->calm_age < XTCP_LAW_HISTORY)
		carried = max(carried, l->calm_q8);
	xtcp_law_set_w(l, min(l->w_q8, carried));
	xtcp_law_set_w(l, xtcp_law_less(l->w_q8, (u64)l->w_q8 * l->marks / 1024 * l->marks / 4096));
}

/*
 * Epochs that make a queue a standing one: the same time for all flows, or the least of it would favour the long
 * ones.
 */
static u32 persist(const struct xtcp_law *l)
{
	return clamp(PERSIST_US / max(l->view.lo_us, 1u), 2u, XTCP_LAW_HISTORY);
}

/*
 * A queue that stood fell at once: somebody dips. If what we hold for the base RTT has a queue in it, then his dip
 * alone does not show it, but all of ours at the same time do. That is tried less and less often while it finds
 * nothing.
 */
static bool others_dip(const struct xtcp_law *l)
{
	u32 i, least = l->queue_us[1], most = l->queue_us[1];

	if (l->known < 5)
		return false;
	for (i = 2; i < 5; i++) {
		least = min(least, l->queue_us[i]);
		most = max(most, l->queue_us[i]);
	}
	/* noise of less than that is not worth a dip */
	if (least < l->base_us / 64 || xtcp_law_window(l->view.rate, least) < ONE + ONE / 4)
		return false;
	return most < 2 * least && l->queue_us[0] < least / 2;
}

/* Is it time for a dip? In the midst of somebody's transfer it would empty nothing, and cost much. */
static bool dip_due(const struct xtcp_law *l, const struct xtcp_law_params *p, u64 now_us)
{
	const struct xtcp_law_view *v = &l->view;

	/* a long queue of our own is taken back first: the window of before a dip returns after it */
	if (now_us < l->dip_us || l->strikes || v->own_q8 >= 4 * v->target_q8)
		return false;
	/* the target without what jitter adds: a queue that comes or goes looks like jitter */
	return now_us >= l->dip_us + DIP_WAIT_US ||
	       v->own_q8 < 2 * (p->target_q8 + xtcp_law_window(v->rate, p->floor_us));
}

static void cruise_dip(struct xtcp_law *l, const struct xtcp_law_ack *a, bool join)
{
	/* more than all flows like us together may have in the queue, and no more than that: it costs throughput */
	u32 depth = l->w_q8 / 4 * 3;

	if (l->dip_shallow && !join)
		depth = min(l->w_q8 / 2, max(min(l->w_q8 / 4, DIP_MAX * ONE), l->view.own_q8 * 4));
	if (join)
		l->join_us = a->now_us + (u64)l->join_ms * 1000;
	l->dip_long = join || !l->dip_shallow;
	l->dip_crowd = join;
	xtcp_law_dip_begin(l, a, l->w_q8 - depth, l->w_q8);
}

static void cruise_epoch(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	const struct xtcp_law_view *v = &l->view;
	bool limited = (u64)l->ep.max_flight * ONE + 2 * ONE >= (u64)l->w_q8 * 7 / 8;
	u32 stood_us = xtcp_law_queue_min(l, min(l->known, persist(l)));
	u32 stood_q8 = xtcp_law_window(v->rate, stood_us);
	bool join, pushed, robbed;

	if (loss_react(l, p, a))
		return;
	/* both watch, whatever the other sees */
	pushed = xtcp_law_compete_pushed(l, a->now_us);
	robbed = xtcp_law_compete_robbed(l, a->now_us);
	if ((pushed || robbed) && p->compete) {
		xtcp_law_compete_enter(l, a->now_us);
		return;
	}
	/* after a dip the queue is short whatever the window */
	if (l->ep.ce || l->dip_rounds || v->own_q8 > v->target_q8) {
		l->calm_age += l->calm_age < XTCP_LAW_HISTORY;
	} else {
		l->calm_q8 = l->w_q8;
		l->calm_age = 0;
	}
	if (l->ep.ce || l->marks) {
		cruise_marks(l);
		if (l->ep.ce)
			return;
	}
	if (l->dip_rounds) {
		/* refilling after a dip: what we see is its shadow */
		l->dip_rounds--;
		return;
	}
	join = a->now_us >= l->join_us && others_dip(l);
	if (join || dip_due(l, p, a->now_us)) {
		cruise_dip(l, a, join);
		return;
	}
	if (v->own_q8 < v->target_q8) {
		if (!l->lossy)
			cruise_grow(l, limited);
		return;
	}
	if (l->streak > 3) {
		/* our own search for bandwidth went too far: back at once */
		xtcp_law_set_w(l, xtcp_law_less(l->w_q8, v->own_q8 - v->target_q8));
		l->known = 0;
	} else if (l->known >= persist(l) && stood_q8 > v->target_q8) {
		cruise_cut(l, p, stood_us, a->now_us);
	}
	l->streak = 0;
}

/* ------------------------------------------------------------ dipping */

static void dip_epoch(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	u64 now_us = a->now_us;
	bool found;

	/* who competes waits for others of us that see the same sign a round trip later */
	if ((l->dip_compete || l->dip_long) && !l->dip_rounds++)
		return;
	xtcp_law_set_w(l, l->saved_q8);
	schedule_dip(l, p, now_us);
	if (!l->dip_compete) {
		enter_cruise(l, p, now_us);
		l->dip_rounds = 2;
		/* the queue was longer than we knew, perhaps longer than the dip was deep: once more, and soon */
		found = l->base_us < l->best_us - l->best_us / 64 &&
			xtcp_law_window(l->view.rate, l->best_us - l->base_us) > ONE + ONE / 4;
		l->best_us = min(l->best_us, l->base_us);
		l->join_ms = found ? JOIN_MIN_MS : min(4 * l->join_ms, JOIN_MAX_MS);
		l->join_us = min(l->join_us, now_us + (u64)l->join_ms * 1000);
		l->dip_shallow = !found;
		if (l->dip_crowd || found)
			xtcp_law_set_w(l, (u64)l->w_q8 * CROWD_Q8 / 256);
		if (found)
			l->dip_us = now_us + 8 * (u64)l->base_us + law_random(l);
		return;
	}
	l->mode = XTCP_LAW_COMPETE;
	l->known = 0;
	l->dip_rounds = 0;
	if (!xtcp_law_compete_tested(l, now_us))
		return;
	xtcp_law_set_w(l, (u64)xtcp_law_window(l->view.rate, l->base_us) + l->view.target_q8);
	enter_cruise(l, p, now_us);
}

/* ------------------------------------------------------------ all together */

static void judge(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	enum xtcp_law_mode before = l->mode;

	xtcp_law_epoch_judge(l, p, a);
	xtcp_law_loss_count(l);
	switch (before) {
	case XTCP_LAW_STARTUP:
		startup_epoch(l, p, a->now_us);
		break;
	case XTCP_LAW_CRUISE:
		cruise_epoch(l, p, a);
		break;
	case XTCP_LAW_DIP:
		dip_epoch(l, p, a);
		break;
	case XTCP_LAW_HOLD:
		hold_epoch(l, p, a->now_us);
		break;
	case XTCP_LAW_COMPETE:
		xtcp_law_compete_epoch(l, a);
		break;
	}
	xtcp_law_epoch_begin(l, a);
}

/* The pacing rate: a window per round trip and a little more, so that the window, not the clock, limits. */
static u32 pace(const struct xtcp_law *l)
{
	u32 rtt_us = max(min(l->view.lo_us, XTCP_LAW_RTT_MAX_US), 1u), gain = 269;
	u64 rate;

	if (l->mode == XTCP_LAW_HOLD)
		return clamp(l->hold_rate / 16, XTCP_LAW_RATE_MIN, XTCP_LAW_RATE_MAX);
	if (l->mode == XTCP_LAW_COMPETE)
		/* hardly: who comes evenly to a full buffer leaves the losses to those who come in bursts */
		gain = 512;
	else
		/* not by the RTT of now: when somebody's burst is through, the window is due at once */
		rtt_us = max(l->base_us, 1u);
	if (l->mode == XTCP_LAW_STARTUP)
		gain = 512;
	rate = div_u64((u64)l->w_q8 * gain, rtt_us) * 1000000 / (ONE * 256);
	if (l->mode == XTCP_LAW_STARTUP && l->train)
		rate = min_t(u64, rate, l->train);
	return clamp_t(u64, rate, XTCP_LAW_RATE_MIN, XTCP_LAW_RATE_MAX);
}

static u32 window(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	u32 w = l->w_q8;

	if (l->mode == XTCP_LAW_DIP)
		w = min(w, l->dip_floor_q8);
	else if (l->mode == XTCP_LAW_HOLD)
		w = max(xtcp_law_window(l->hold_rate / 16, max(l->view.lo_us, l->base_us)) * 3 / 2, XTCP_LAW_W_MIN_Q8);
	w = max(w / ONE, XTCP_LAW_CWND_MIN);
	if (l->rto_cap) {
		l->rto_cap = min_t(u64, (u64)l->rto_cap + a->acked, XTCP_LAW_CWND_MAX);
		if (l->rto_cap >= w)
			l->rto_cap = 0;
		else
			w = l->rto_cap;
	}
	return clamp(w, 1u, XTCP_LAW_CWND_MAX);
}

/** xtcp_law_ack() - digest an ACK */
void xtcp_law_ack(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a)
{
	bool full = xtcp_law_epoch_add(l, a);

	if (l->mode == XTCP_LAW_STARTUP)
		startup_ack(l, p, a);
	else if (l->mode == XTCP_LAW_COMPETE)
		xtcp_law_compete_ack(l, a);
	if (l->mode == XTCP_LAW_DIP && a->rtt_us > 0)
		l->dip_min_us = min_t(u32, l->dip_min_us, a->rtt_us);
	if (full)
		judge(l, p, a);
	l->pace = pace(l);
	l->cwnd = window(l, a);
}

/** xtcp_law_timeout() - RTO */
void xtcp_law_timeout(struct xtcp_law *l, u32 in_flight)
{
	l->saved_q8 = l->w_q8;
	xtcp_law_set_w(l, l->w_q8 / 2);
	if (l->mode == XTCP_LAW_DIP)
		l->saved_q8 = l->w_q8;
	l->rto_cap = clamp(in_flight, 1u, XTCP_LAW_CWND_MAX);
	l->cwnd = l->rto_cap;
}

/** xtcp_law_undo() - the time-out was spurious */
void xtcp_law_undo(struct xtcp_law *l)
{
	if (l->rto_cap)
		xtcp_law_set_w(l, max(l->saved_q8, l->w_q8));
	l->rto_cap = 0;
	l->cwnd = max(l->cwnd, l->w_q8 / ONE);
}

/** xtcp_law_restart() - the connection sends again after silence: the older what it knows, the less it is worth */
void xtcp_law_restart(struct xtcp_law *l, u64 now_us, u64 idle_us)
{
	u32 halves = min_t(u64, div_u64(idle_us, max(8 * l->base_us, 500000u)), 8);

	xtcp_law_set_w(l, l->w_q8 >> halves);
	l->known = 0;
	l->ep.begin_us = now_us;
	l->ep.nr = 0;
	l->ep.acked = 0;
	l->ep.lost = 0;
}
