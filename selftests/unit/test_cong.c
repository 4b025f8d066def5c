// SPDX-License-Identifier: GPL-2.0
/* The congestion control law "xtcp": its states and decisions on small paths (path.h), and its bounds. */
#include "cong.h"
#include "path.h"
#include "tap.h"

#define S	1000000ull
#define MS	1000u

static struct path net;

/* 1650 packets/s are 20 Mbit/s */
static void usual(u32 buffer)
{
	path_init(&net, 1650, buffer);
	path_start(&net, 0, 40 * MS, false);
}

static u32 mean_queue_us(void)
{
	return net.queue_n ? net.queue_sum_us / net.queue_n : 0;
}

/* The first flight's spread shows the rate: the second one fills the path, and nothing more. */
TEST(cong_startup__fills_path_in_two_round_trips)
{
	usual(70);
	path_run(&net, 90 * MS);
	CHECK(net.flow[0].law.cwnd >= 55 && net.flow[0].law.cwnd <= 80);
	path_run(&net, 300 * MS);
	CHECK_EQ(net.flow[0].lost, 0);
	CHECK(net.flow[0].law.mode != XTCP_LAW_STARTUP);
	CHECK(net.queue_max_us < 10 * MS);
}

/* ACKs that all come at once tell nothing about the rate: doubling per round trip it is. */
TEST(cong_startup__no_train_no_jump)
{
	struct xtcp_law_params p = XTCP_LAW_DEFAULTS;
	struct xtcp_law l;
	struct xtcp_law_ack a = { .now_us = S, .delivered = 1, .rtt_us = 40 * MS, .has_sample = true, .acked = 1 };
	unsigned int i;

	xtcp_law_init(&l, S - 40 * MS, 10, 40 * MS, 1, 1);
	for (i = 0; i < 10; i++) {
		a.prior_delivered = 1;
		a.delivered++;
		a.in_flight = 9 - i;
		xtcp_law_ack(&l, &p, &a);
	}
	CHECK_EQ(l.train, 0);
	CHECK_EQ(l.cwnd, 20);
}

TEST(cong_cruise__alone_full_link_short_queue)
{
	usual(70);
	path_run(&net, 2 * S);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(path_share(&net, 0, 20 * S) > .98);
	CHECK(mean_queue_us() < 3 * MS);
	CHECK_EQ(net.flow[0].lost, 0);
}

TEST(cong_cruise__tiny_buffer_no_loss)
{
	usual(7);
	path_run(&net, 2 * S);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(path_share(&net, 0, 20 * S) > .97);
	CHECK(net.flow[0].lost < 20);
}

TEST(cong_cruise__equal_shares_whatever_the_rtt)
{
	path_init(&net, 1650, 150);
	path_start(&net, 0, 20 * MS, false);
	path_run(&net, 5 * S);
	path_start(&net, 1, 80 * MS, false);
	path_run(&net, 20 * S);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(path_share(&net, 0, 20 * S) > .36 && path_share(&net, 0, 20 * S) < .64);
	CHECK(path_share(&net, 0, 20 * S) + path_share(&net, 1, 20 * S) > .97);
}

/* Half the rate: within half a second the queue is gone. Then twice the rate: within a second it is used. */
TEST(cong_cruise__follows_the_rate)
{
	usual(140);
	path_run(&net, 5 * S);
	net.rate = 825;
	path_run(&net, 600 * MS);
	path_measure(&net);
	path_run(&net, 2 * S);
	CHECK(mean_queue_us() < 6 * MS);
	net.rate = 1650;
	path_run(&net, 1 * S);
	path_measure(&net);
	path_run(&net, 2 * S);
	CHECK(path_share(&net, 0, 2 * S) > .95);
}

TEST(cong_loss__by_chance_is_no_congestion)
{
	usual(70);
	net.loss_permille = 10;
	path_run(&net, 2 * S);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(path_share(&net, 0, 20 * S) > .95);
}

/* Above the tolerance we hold, see that holding does not help, and go on. */
TEST(cong_loss__much_of_it_is_tolerated_once_understood)
{
	unsigned int i;

	usual(70);
	net.loss_permille = 50;
	/* at times there is more than that */
	for (i = 0; i < 6 && net.flow[0].law.tolerance <= 50; i++)
		path_run(&net, 10 * S);
	CHECK(net.flow[0].law.tolerance > 50);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(path_share(&net, 0, 20 * S) > .85);
}

TEST(cong_hold__a_policer_is_obeyed)
{
	path_init(&net, 8000, 400);
	net.police_rate = 825;
	net.police_burst = 33;
	path_start(&net, 0, 40 * MS, false);
	path_run(&net, 5 * S);
	CHECK_EQ(net.flow[0].law.mode, XTCP_LAW_HOLD);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(net.flow[0].acked_total > 825 * 20 * 95 / 100);
	CHECK(net.flow[0].lost * 100 < net.flow[0].sent);
}

/* A flow that fills the buffer: compete, get a fair part, and stop competing once it has gone. */
TEST(cong_compete__entered_and_left)
{
	usual(70);
	path_run(&net, 2 * S);
	path_start(&net, 1, 40 * MS, true);
	path_run(&net, 10 * S);
	CHECK(net.flow[0].law.mode == XTCP_LAW_COMPETE || net.flow[0].law.mode == XTCP_LAW_DIP);
	path_measure(&net);
	path_run(&net, 30 * S);
	CHECK(path_share(&net, 0, 30 * S) > .25 && path_share(&net, 0, 30 * S) < .8);
	path_stop(&net, 1);
	path_run(&net, 40 * S);
	path_measure(&net);
	path_run(&net, 10 * S);
	CHECK(mean_queue_us() < 4 * MS);
}

/* Two of us never take each other for a filler. */
TEST(cong_compete__not_with_each_other)
{
	unsigned int i;

	usual(70);
	for (i = 1; i < 4; i++) {
		path_run(&net, 2 * S);
		path_start(&net, i, 40 * MS, false);
	}
	path_run(&net, 5 * S);
	path_measure(&net);
	path_run(&net, 20 * S);
	for (i = 0; i < 4; i++) {
		CHECK(net.flow[i].law.mode != XTCP_LAW_COMPETE);
		CHECK(path_share(&net, i, 20 * S) > .15);
	}
}

static double jain(unsigned int flows, u64 us)
{
	double sum = 0, squares = 0;
	unsigned int i;

	for (i = 0; i < flows; i++) {
		sum += path_share(&net, i, us);
		squares += path_share(&net, i, us) * path_share(&net, i, us);
	}
	return sum * sum / (flows * squares);
}

/* @flows that begin 100 ms after each other take each other's queue for the path's; they find out. */
static void crowd(unsigned int flows, u32 rtt_us, u64 us)
{
	unsigned int i;

	for (i = 0; i < flows; i++) {
		path_start(&net, i, rtt_us, false);
		path_run(&net, 100 * MS);
	}
	path_run(&net, 3 * S);
	path_measure(&net);
	path_run(&net, us);
}

/* Each one's first packets show a fast path; what is sent because of that must not fill a buffer of 800 ms. */
TEST(cong_crowd__sixteen_begin_on_a_deep_buffer)
{
	unsigned int i;

	path_init(&net, 21500, 17300);
	for (i = 0; i < 16; i++) {
		path_start(&net, i, 94 * MS, false);
		path_run(&net, 100 * MS);
	}
	path_run(&net, 3 * S);
	CHECK(net.queue_max_us < 200 * MS);
	path_run(&net, 6 * S);
	path_measure(&net);
	path_run(&net, 10 * S);
	for (i = 0; i < 16; i++)
		CHECK_EQ(net.flow[i].lost, 0);
	CHECK(mean_queue_us() < 50 * MS);
	CHECK(jain(16, 10 * S) > .5);
}

TEST(cong_crowd__eight_on_a_short_path)
{
	path_init(&net, 8250, 83);
	crowd(8, 5 * MS, 20 * S);
	CHECK(jain(8, 20 * S) > .8);
	CHECK(mean_queue_us() < 6 * MS);
}

TEST(cong_crowd__sixteen_on_a_small_buffer)
{
	path_init(&net, 8250, 50);
	crowd(16, 20 * MS, 20 * S);
	CHECK(jain(16, 20 * S) > .7);
	CHECK(net.flow[0].lost * 20 < net.flow[0].sent);
}

/* A path that holds less than two packets of each: the windows are smaller still, and pacing keeps them. */
TEST(cong_crowd__less_than_a_packet_each)
{
	u64 sent = 0, lost = 0;
	unsigned int i;

	path_init(&net, 206, 5);
	crowd(16, 126 * MS, 60 * S);
	for (i = 0; i < 16; i++) {
		sent += net.flow[i].sent;
		lost += net.flow[i].lost;
		CHECK(net.flow[i].acked_total);
	}
	CHECK(lost * 5 < sent);
}

/* An epoch of a flow that has few packets left: @us long, in @rounds round trips, with @queue_us of queue. */
static void few_packets(struct xtcp_law *l, u64 *now_us, u32 us, u32 rounds, u32 queue_us)
{
	l->ep.begin_us = *now_us;
	l->ep.rounds = rounds;
	*now_us += us;
	l->view.lo_us = l->base_us + queue_us;
	l->view.queue_us = queue_us;
	l->view.target_q8 = 384;
	l->view.own_q8 = 500;
	memmove(l->queue_us + 1, l->queue_us, sizeof(l->queue_us) - sizeof(*l->queue_us));
	l->queue_us[0] = queue_us;
}

/* The mean of three seconds is of three seconds, however long the epochs: else who has lost most notices last. */
TEST(cong_compete__pushed_out_is_seen_in_time)
{
	static const u32 epoch_us[] = { 75 * MS, 300 * MS };
	struct xtcp_law l;
	u64 now, seen;
	size_t i;

	for (i = 0; i < 2; i++) {
		now = 100 * S;
		xtcp_law_init(&l, now, 10, 40 * MS, 0, 1);
		do {
			few_packets(&l, &now, epoch_us[i], epoch_us[i] / (75 * MS), 35 * MS);
		} while (!xtcp_law_compete_pushed(&l, now) && now < 120 * S);
		seen = now - 100 * S;
		CHECK(seen > 3 * S && seen < 7 * S);
	}
}

/* CUBIC's queue rises for three seconds and falls; our epochs last a third of a second each. */
TEST(cong_compete__robbed_by_short_tides)
{
	struct xtcp_law l;
	u64 now = 100 * S;
	unsigned int i;

	xtcp_law_init(&l, now - 10 * S, 4, 40 * MS, 0, 1);
	for (i = 0; i < 100; i++) {
		few_packets(&l, &now, 300 * MS, 4, (18 + i % 11 * 2) * MS);
		if (xtcp_law_compete_robbed(&l, now))
			break;
	}
	CHECK(i > 20 && i < 60);
	/* a queue that stands is nobody's */
	xtcp_law_init(&l, now - 10 * S, 4, 40 * MS, 0, 1);
	for (i = 0; i < 100; i++) {
		few_packets(&l, &now, 300 * MS, 4, (20 + i % 11 / 3) * MS);
		CHECK(!xtcp_law_compete_robbed(&l, now));
	}
}

/* To half the rate that we had: in a deep buffer that takes a larger window than we ever had. */
TEST(cong_compete__aims_at_a_rate)
{
	struct xtcp_law_ack a = { .now_us = 3 * S };
	struct xtcp_law l;

	xtcp_law_init(&l, S, 10, 40 * MS, 0, 1);
	l.w_q8 = 5 * XTCP_LAW_ONE;
	l.long_q8 = 70 * XTCP_LAW_ONE;
	l.view.lo_us = 60 * MS;
	xtcp_law_compete_enter(&l, 2 * S);
	CHECK_EQ(l.cubic_max_q8, 70 * XTCP_LAW_ONE);
	CHECK_EQ(l.w_q8, 35 * XTCP_LAW_ONE);
	/* the queue grows, and nobody has lost anything yet */
	l.view.lo_us = 160 * MS;
	xtcp_law_compete_epoch(&l, &a);
	CHECK_EQ(l.cubic_max_q8, 140 * XTCP_LAW_ONE);
	/* from the first loss on it is CUBIC's own */
	l.cut_us = a.now_us;
	l.view.lo_us = 200 * MS;
	xtcp_law_compete_epoch(&l, &a);
	CHECK_EQ(l.cubic_max_q8, 140 * XTCP_LAW_ONE);
	l.w_q8 = 5 * XTCP_LAW_ONE;
	l.view.lo_us = 200 * MS;
	xtcp_law_compete_enter(&l, 20 * S);
	CHECK_EQ(l.cubic_max_q8, 175 * XTCP_LAW_ONE);
	CHECK_EQ(l.w_q8, 35 * XTCP_LAW_ONE);
}

/* @ms of ACKs at 1650 packets/s, 70 in flight, all with this RTT */
static void steady_acks(struct xtcp_law *l, struct xtcp_law_ack *a, unsigned int ms, u32 rtt_us)
{
	struct xtcp_law_params p = XTCP_LAW_DEFAULTS;
	u64 end = a->now_us + ms * MS;

	for (a->rtt_us = rtt_us; a->now_us < end && l->mode != XTCP_LAW_DIP; a->now_us += 606) {
		a->delivered++;
		a->prior_delivered = a->delivered - 70;
		xtcp_law_ack(l, &p, a);
	}
}

/* A transfer that passes while a dip is due: the dip waits, and then it comes; but it does not wait for ever. */
TEST(cong_dip__not_in_the_midst_of_a_transfer)
{
	struct xtcp_law_ack a = { .delivered = 1000, .acked = 1, .in_flight = 70, .has_sample = true };
	struct xtcp_law before, l;

	usual(200);
	path_run(&net, 10 * S);
	before = net.flow[0].law;
	before.mode = XTCP_LAW_CRUISE;
	before.dip_rounds = 0;
	a.now_us = net.now_us;
	xtcp_law_epoch_begin(&before, &a);
	before.dip_us = a.now_us;
	l = before;
	steady_acks(&l, &a, 60, 42300);
	CHECK_EQ(l.mode, XTCP_LAW_CRUISE);
	CHECK(l.view.own_q8 > 2 * l.view.target_q8);
	steady_acks(&l, &a, 300, 40500);
	CHECK_EQ(l.mode, XTCP_LAW_DIP);
	l = before;
	l.dip_us -= 1 * S;
	a.now_us = net.now_us;
	xtcp_law_epoch_begin(&l, &a);
	steady_acks(&l, &a, 60, 42300);
	CHECK_EQ(l.mode, XTCP_LAW_DIP);
}

/* Marks for somebody's transfer: what made no mark before it is right after it, too. */
TEST(cong_marks__transfer_passes_window_stays)
{
	struct path_flow *f = &net.flow[0];
	u32 before, least;
	unsigned int i;

	usual(200);
	path_run(&net, 10 * S);
	while (f->law.mode != XTCP_LAW_CRUISE || f->law.dip_rounds)
		path_run(&net, 1 * MS);
	before = f->law.w_q8;
	f->law.dip_us = net.now_us + 10 * S;
	net.mark_us = 5 * MS;
	path_start(&net, 1, 40 * MS, true);
	path_run(&net, 70 * MS);
	path_stop(&net, 1);
	for (i = 0, least = before; i < 300; i++) {
		path_run(&net, 1 * MS);
		least = min(least, f->law.w_q8);
	}
	CHECK(f->law.marks);
	CHECK(least + XTCP_LAW_ONE * 5 / 4 >= before);
}

TEST(cong_compete__can_be_switched_off)
{
	usual(70);
	net.params.compete = 0;
	path_start(&net, 1, 40 * MS, true);
	path_run(&net, 20 * S);
	CHECK(net.flow[0].law.mode != XTCP_LAW_COMPETE);
}

/* Marks from 1 ms on: the queue stays there, the link full. */
TEST(cong_marks__short_queue_full_link)
{
	usual(70);
	net.mark_us = 1 * MS;
	path_run(&net, 2 * S);
	path_measure(&net);
	path_run(&net, 20 * S);
	CHECK(path_share(&net, 0, 20 * S) > .95);
	CHECK(mean_queue_us() < 2 * MS);
}

/* Everything marked, always: the rate falls to the least there is, and no further. */
TEST(cong_marks__all_marked)
{
	struct xtcp_law_params p = XTCP_LAW_DEFAULTS;
	struct xtcp_law l;
	struct xtcp_law_ack a = {
		.now_us = S, .delivered = 50, .rtt_us = 40 * MS, .has_sample = true, .acked = 1, .ce = 1
	};
	unsigned int i;

	xtcp_law_init(&l, S - 40 * MS, 100, 40 * MS, 50, 1);
	for (i = 0; i < 100000; i++) {
		a.now_us += 1000;
		a.delivered++;
		a.prior_delivered = a.delivered - 20;
		a.in_flight = 20;
		xtcp_law_ack(&l, &p, &a);
	}
	CHECK(l.cwnd >= XTCP_LAW_CWND_MIN && l.cwnd <= 2 * XTCP_LAW_CWND_MIN);
}

TEST(cong_timeout__halves_and_starts_slowly)
{
	u32 before, cwnd;

	usual(70);
	path_run(&net, 2 * S);
	before = net.flow[0].law.w_q8;
	xtcp_law_timeout(&net.flow[0].law, 1);
	CHECK_EQ(net.flow[0].law.cwnd, 1);
	CHECK_EQ(net.flow[0].law.w_q8, before / 2);
	xtcp_law_undo(&net.flow[0].law);
	CHECK(net.flow[0].law.w_q8 >= before);
	cwnd = net.flow[0].law.cwnd;
	CHECK(cwnd >= before / XTCP_LAW_ONE);
}

TEST(cong_restart__silence_makes_careful)
{
	u32 before;

	usual(70);
	path_run(&net, 2 * S);
	before = net.flow[0].law.w_q8;
	xtcp_law_restart(&net.flow[0].law, net.now_us, 10 * MS);
	CHECK_EQ(net.flow[0].law.w_q8, before);
	xtcp_law_restart(&net.flow[0].law, net.now_us, 1 * S);
	CHECK(net.flow[0].law.w_q8 < before);
	xtcp_law_restart(&net.flow[0].law, net.now_us, 3600 * S);
	CHECK(net.flow[0].law.w_q8 >= XTCP_LAW_W_MIN_Q8 && net.flow[0].law.w_q8 <= XTCP_LAW_ONE);
}

TEST(cong_params__bounds)
{
	struct xtcp_law_params p = XTCP_LAW_DEFAULTS;

	CHECK(xtcp_law_params_ok(&p));
	p.target_q8 = 0;
	CHECK(!xtcp_law_params_ok(&p));
	p.target_q8 = 1 << 20;
	CHECK(!xtcp_law_params_ok(&p));
	p = (struct xtcp_law_params)XTCP_LAW_DEFAULTS;
	p.dip_ms = 0;
	CHECK(!xtcp_law_params_ok(&p));
	p = (struct xtcp_law_params)XTCP_LAW_DEFAULTS;
	p.loss_permille = 1000;
	CHECK(!xtcp_law_params_ok(&p));
}

TEST(cong_model__percentile)
{
	u32 v[] = { 5, 1, 4, 2, 3 };

	CHECK_EQ(xtcp_law_percentile(v, 5, 1, 2), 3);
	CHECK_EQ(xtcp_law_percentile(v, 5, 1, 1), 5);
	CHECK_EQ(xtcp_law_percentile(v, 1, 1, 4), 1);
	CHECK_EQ(xtcp_law_percentile(v, 0, 1, 4), 0);
}

TEST(cong_model__window_as_exact)
{
	unsigned int i;

	CHECK_EQ(xtcp_law_window(1000, 1000000), 1000 * XTCP_LAW_ONE);
	CHECK_EQ(xtcp_law_window(XTCP_LAW_RATE_MAX, XTCP_LAW_RTT_MAX_US), XTCP_LAW_CWND_MAX * XTCP_LAW_ONE);
	for (i = 0; i < 100000; i++) {
		u32 rate = tap_edgy() & (XTCP_LAW_RATE_MAX - 1), us = tap_edgy() & (XTCP_LAW_RTT_MAX_US - 1);
		__uint128_t exact = (__uint128_t)rate * us * XTCP_LAW_ONE / 1000000;
		u64 limit = (u64)XTCP_LAW_CWND_MAX * XTCP_LAW_ONE;

		CHECK_EQ(xtcp_law_window(rate, us), exact > limit ? limit : (u64)exact);
	}
}

TEST(cong_cubic__cube_root)
{
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		u64 x = tap_random() >> tap_below(64);
		u64 root = xtcp_law_cbrt(x);
		__uint128_t r = root;

		CHECK(r * r * r <= x && (r + 1) * (r + 1) * (r + 1) > x);
	}
}

/* Any ACK whatever: window and rate stay within bounds. */
TEST(cong_bounds__random_acks)
{
	struct xtcp_law_params p = XTCP_LAW_DEFAULTS;
	unsigned int round, i;

	for (round = 0; round < 300; round++) {
		struct xtcp_law l;
		u32 mask = ~0u >> tap_below(32);
		u64 now = tap_random() >> 2;

		xtcp_law_init(&l, now, tap_edgy() & mask, tap_edgy() & mask, tap_edgy(), tap_edgy());
		for (i = 0; i < 2000; i++) {
			struct xtcp_law_ack a = {
				.now_us = now += tap_edgy() & mask,
				.delivered = tap_edgy(), .prior_delivered = tap_edgy(),
				.acked = tap_edgy() & mask, .lost = tap_below(3) ? 0 : tap_edgy() & mask,
				.ce = tap_below(8) ? 0 : tap_edgy() & mask, .in_flight = tap_edgy() & mask,
				.rtt_us = tap_edgy() & mask, .has_sample = tap_below(4), .app_limited = !tap_below(4),
			};

			xtcp_law_ack(&l, &p, &a);
			if (!tap_below(100))
				xtcp_law_timeout(&l, tap_edgy() & mask);
			if (!tap_below(100))
				xtcp_law_undo(&l);
			if (!tap_below(100))
				xtcp_law_restart(&l, now, tap_edgy());
			CHECK(l.cwnd >= 1 && l.cwnd <= XTCP_LAW_CWND_MAX);
			CHECK(l.pace >= 1 && l.pace <= XTCP_LAW_RATE_MAX);
			CHECK(l.w_q8 >= XTCP_LAW_W_MIN_Q8 && l.w_q8 <= XTCP_LAW_CWND_MAX * XTCP_LAW_ONE);
		}
	}
}
