/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The congestion control law "xtcp": what the ACKs say goes in, a congestion window and a pacing rate come out. Pure
 * logic; module/cong/ feeds it. Documentation/congestion.rst explains the model, cong.c draws the states.
 *
 * Units: time in us, windows in packets or Q8 packets (packets * 256), rates in packets per second.
 */
#ifndef XTCP_CORE_CONG_H
#define XTCP_CORE_CONG_H

#include "platform.h"

#define XTCP_LAW_ONE		256u		/* a packet in Q8 */
#define XTCP_LAW_CWND_MIN	2u		/* packets */
#define XTCP_LAW_CWND_MAX	1048576u	/* packets */
#define XTCP_LAW_W_MIN_Q8	(XTCP_LAW_ONE / 4)	/* less than a packet per round trip: pacing sees to it */
#define XTCP_LAW_W_MAX_Q8	(XTCP_LAW_CWND_MAX * XTCP_LAW_ONE)
#define XTCP_LAW_STAY_MIN_MS	4000u		/* in XTCP_LAW_COMPETE */
#define XTCP_LAW_RATE_MIN	8u		/* packets/s */
#define XTCP_LAW_RATE_MAX	268435456u	/* packets/s */
#define XTCP_LAW_SAMPLES	64u		/* RTT samples kept of an epoch */
#define XTCP_LAW_HISTORY	8u		/* epochs whose queue is remembered */
#define XTCP_LAW_RTT_MAX_US	67108864u	/* 67 s: more is taken as this */

/** enum xtcp_law_mode - what the law is doing; the states of cong.c's diagram */
enum xtcp_law_mode {
	XTCP_LAW_STARTUP,
	XTCP_LAW_CRUISE,
	XTCP_LAW_DIP,
	XTCP_LAW_HOLD,
	XTCP_LAW_COMPETE,
};

/**
 * struct xtcp_law_params - the tunables, shared by all connections; xtcp_law_params_ok() has their bounds
 * @target_q8: queue of its own that a flow keeps, Q8 packets
 * @floor_us: queue allowed in addition, us
 * @loss_permille: loss of an epoch that is always tolerated while no queue stands
 * @dip_ms: time between two dips
 * @compete: fall back to a CUBIC-like window beside flows that fill the buffer
 */
struct xtcp_law_params {
	u32 target_q8;
	u32 floor_us;
	u32 loss_permille;
	u32 dip_ms;
	u32 compete;
};

/** struct xtcp_law_bound - what a parameter may be */
struct xtcp_law_bound {
	u32 min, max;
};

#define XTCP_LAW_PARAMS		(sizeof(struct xtcp_law_params) / sizeof(u32))

extern const struct xtcp_law_bound xtcp_law_bounds[XTCP_LAW_PARAMS];	/* in the structure's order */

/**
 * struct xtcp_law_ack - one ACK, digested
 * @now_us: clock, monotonic
 * @delivered: packets delivered so far, wraps
 * @prior_delivered: the same when the newest packet of this ACK was sent; valid with @has_sample
 * @acked: packets this ACK reported delivered
 * @lost: packets marked lost on it
 * @ce: packets of @acked that carry a congestion mark
 * @in_flight: packets in flight after it
 * @rtt_us: of the newest packet, or negative
 * @has_sample: @prior_delivered is valid
 * @app_limited: the sender had nothing more to send
 */
struct xtcp_law_ack {
	u64 now_us;
	u32 delivered;
	u32 prior_delivered;
	u32 acked;
	u32 lost;
	u32 ce;
	u32 in_flight;
	s32 rtt_us;
	bool has_sample;
	bool app_limited;
};

/**
 * struct xtcp_law_epoch - what is gathered over about one round trip
 * @begin_us: first ACK
 * @begin_delivered: packets delivered until then
 * @end_delivered: the epoch ends when a packet sent after this many were delivered is ACKed
 * @acked: packets delivered in it
 * @lost: packets lost in it
 * @ce: packets marked in it
 * @max_flight: most packets in flight
 * @nr: RTT samples seen
 * @rounds: round trips that it has lasted
 * @app_limited: at some time there was nothing to send
 * @rtt: samples kept, us: all, or some by chance
 */
struct xtcp_law_epoch {
	u64 begin_us;
	u32 begin_delivered;
	u32 end_delivered;
	u32 acked;
	u32 lost;
	u32 ce;
	u32 max_flight;
	u32 nr;
	u32 rounds;
	bool app_limited;
	u32 rtt[XTCP_LAW_SAMPLES];
};

/**
 * struct xtcp_law_view - the last finished epoch, judged
 * @lo_us: low percentile of its RTT: robust against early packets, and blind to short bursts
 * @mid_us: its median
 * @queue_us: @lo_us beyond the base RTT
 * @rate: delivery rate
 * @own_q8: the part of the queue that is ours, Q8 packets
 * @target_q8: what it should be
 */
struct xtcp_law_view {
	u32 lo_us;
	u32 mid_us;
	u32 queue_us;
	u32 rate;
	u32 own_q8;
	u32 target_q8;
};

/**
 * struct xtcp_law - state of one connection
 * @mode: see enum xtcp_law_mode
 * @cwnd: output: packets that may be in flight
 * @pace: output: packets per second
 */
struct xtcp_law {
	enum xtcp_law_mode mode;
	u32 cwnd;
	u32 pace;

	/* private: what follows is the law's own */
	u32 w_q8;			/* the window that the law wants */
	struct xtcp_law_epoch ep;
	struct xtcp_law_view view;

	/* base RTT: minimum over three slots of time */
	u32 slot_us[3];
	u64 slot_begin_us;
	u32 base_us;
	u32 best_us;			/* the least that dips found, fading */

	u32 queue_us[XTCP_LAW_HISTORY];	/* of the last epochs, newest first */
	u32 rate[XTCP_LAW_HISTORY];
	u32 known;			/* how many of these count since the last change of ours */

	/* start-up */
	u64 first_us;			/* first and last ACK of the first flight */
	u64 last_us;
	u32 first_delivered;
	u32 jump_q8;			/* the most that the second flight may be */
	u32 train;			/* packets per second by the first flight's dispersion; 0: unknown */
	bool train_done;

	/* cruising */
	u32 streak;			/* epochs in a row with room */
	u32 strikes;			/* cuts in a row that did not drain the queue */
	u32 strike_q_us;		/* queue before the first of them */
	u64 grown_us;			/* from when on strikes count */
	u32 saved_q8;			/* window before the first of them, or before a dip */
	u32 pressure_q16;		/* mean of our queue by its target */
	u32 pressure_us;		/* mean of the queue */
	u32 long_q8;			/* the largest window of the last minutes, fading */
	u32 calm_q8;			/* the last window with neither queue nor mark, and epochs since */
	u32 calm_age;
	u32 shrink_q8;			/* target in 1/256: smaller after shallow marks */
	u64 dip_us;			/* when the next dip is due, cruising; competing */
	u64 test_us;
	u32 dip_floor_q8;		/* window while dipping */
	u32 dip_before_q8;		/* and before what made us dip */
	u32 dip_rounds;
	u32 dip_q_us;			/* queue before the dip, and the least seen in it */
	u32 dip_min_us;
	u64 join_us;			/* not to join others' dips before, and what to add then */
	u32 join_ms;
	bool dip_shallow;		/* the last one found nothing new */
	bool dip_crowd;			/* others were seen to dip */
	bool dip_long;			/* two round trips, so that dips of others overlap */
	bool dip_compete;

	/* loss */
	u32 win_acked;			/* over the last few epochs */
	u32 win_lost;
	u32 lossy;			/* epochs in a row with too much loss */
	u32 tolerance;			/* permille that proved not to depend on our rate */
	u64 tolerance_until_us;
	u64 doubt_us;			/* not to doubt the base RTT because of loss before */
	u32 hold_rate;			/* packets per second, times 16 */
	u32 hold_ceiling;		/* where loss began, the same */
	u32 hold_entry_loss;		/* permille that made us hold */
	u32 hold_rounds;
	u32 hold_clean;
	u32 hold_falls;			/* steps down in a row */
	u32 rto_cap;			/* packets: slow start after a time-out; 0: none */

	/* beside CUBIC */
	u32 cubic_max_q8;
	u32 cubic_k_ms;
	u64 cubic_begin_us;
	u32 reno_q8;
	u32 peak_q_us;
	u32 tide_q_us;			/* the queue's last high or low, cruising */
	u32 tides;			/* times that it fell by a quarter and did not go */
	u64 tide_us;			/* when it last did */
	bool tide_rises;
	u32 quiet;			/* times in a row that the queue drained */
	u64 compete_since_us;
	u64 compete_until_us;		/* not to be left before */
	u32 compete_stay_ms;
	u64 compete_left_us;
	u64 cut_us;

	u32 marked_q8;			/* window when the last mark came */
	u32 marks;			/* EWMA of marked share, 1/1024 */
	u32 random;
};

#define XTCP_LAW_DEFAULTS {		\
	.target_q8 = XTCP_LAW_ONE * 3 / 2,	\
	.floor_us = 100,		\
	.loss_permille = 25,		\
	.dip_ms = 4000,			\
	.compete = 1,			\
}

/** xtcp_law_params_ok() - are these within xtcp_law_bounds? */
bool xtcp_law_params_ok(const struct xtcp_law_params *p);

/**
 * xtcp_law_init() - a connection begins
 * @l: state
 * @now_us: clock
 * @cwnd: initial window, packets
 * @rtt_us: of the handshake; 0: unknown
 * @delivered: packets delivered so far
 * @seed: makes flows differ in when they dip
 */
void xtcp_law_init(struct xtcp_law *l, u64 now_us, u32 cwnd, u32 rtt_us, u32 delivered, u32 seed);

/** xtcp_law_ack() - digest an ACK; l->cwnd and l->pace are the answer */
void xtcp_law_ack(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a);

/** xtcp_law_timeout() - RTO: half the window, and slow start from @in_flight packets up to it */
void xtcp_law_timeout(struct xtcp_law *l, u32 in_flight);

/** xtcp_law_undo() - the time-out was spurious */
void xtcp_law_undo(struct xtcp_law *l);

/** xtcp_law_restart() - the connection sends again after @idle_us of silence */
void xtcp_law_restart(struct xtcp_law *l, u64 now_us, u64 idle_us);

/* ------------------------------------------------------------ parts, for cong*.c and the tests */

u32 xtcp_law_percentile(u32 *v, u32 n, u32 part, u32 whole);	/* sorts @v */
u32 xtcp_law_window(u32 rate, u32 us);				/* Q8 packets that @rate carries in @us */
u32 xtcp_law_cbrt(u64 x);
void xtcp_law_epoch_begin(struct xtcp_law *l, const struct xtcp_law_ack *a);
bool xtcp_law_epoch_add(struct xtcp_law *l, const struct xtcp_law_ack *a);	/* true: it is full */
void xtcp_law_epoch_judge(struct xtcp_law *l, const struct xtcp_law_params *p, const struct xtcp_law_ack *a);
u32 xtcp_law_queue_min(const struct xtcp_law *l, u32 n);	/* least queue of the last @n epochs, us */
void xtcp_law_loss_count(struct xtcp_law *l);
bool xtcp_law_loss_exceeds(const struct xtcp_law *l, u32 permille);
u32 xtcp_law_loss_permille(const struct xtcp_law *l);
void xtcp_law_dip_begin(struct xtcp_law *l, const struct xtcp_law_ack *a, u32 floor_q8, u32 before_q8);
void xtcp_law_compete_enter(struct xtcp_law *l, u64 now_us);
bool xtcp_law_compete_filled(const struct xtcp_law *l, u32 stood_us, u64 now_us);
bool xtcp_law_compete_pushed(struct xtcp_law *l, u64 now_us);
bool xtcp_law_compete_robbed(struct xtcp_law *l, u64 now_us);
bool xtcp_law_compete_tested(struct xtcp_law *l, u64 now_us);
void xtcp_law_compete_ack(struct xtcp_law *l, const struct xtcp_law_ack *a);
void xtcp_law_compete_epoch(struct xtcp_law *l, const struct xtcp_law_ack *a);

static inline void xtcp_law_set_w(struct xtcp_law *l, u64 w_q8)
{
	l->w_q8 = clamp_t(u64, w_q8, XTCP_LAW_W_MIN_Q8, XTCP_LAW_W_MAX_Q8);
}

static inline u32 xtcp_law_less(u32 a, u32 b)
{
	return a > b ? a - b : 0;
}

#endif
