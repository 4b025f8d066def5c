// SPDX-License-Identifier: GPL-2.0
/*
 * The scenarios: how long does a transfer take over a link of which one thing is bad? completion.sh runs them for the
 * kernel's TCP and for XTCP, with the same seeds: the link's chances are drawn by packet number, so both meet the same
 * luck as long as they send the same number of packets.
 *
 * Unless a scenario says otherwise: 100 Mbit/s, a round trip of 20 ms, a queue of one bandwidth-delay product, no
 * offloads (each segment meets its own fate), IPv4 with odd seeds and IPv6 with even ones.
 */
#include <string.h>

#include "rng.h"
#include "scenario.h"

#define MBIT (1000000 / 8)
#define DELAY_NS (10 * NS_PER_MS)
#define CHUNK (128 << 10)

/**
 * struct scenario - a link
 * @name: -
 * @there: data's way; fields that are 0 are the default's
 * @back: the ACKs' way
 * @cut: the link is down for a while, length 0 = never
 * @what: for the list
 */
struct scenario {
	const char *name;
	struct flow there;
	struct flow back;
	struct cut cut;
	const char *what;
};

static const struct scenario scenarios[] = {
	{ .name = "clean", .what = "nothing is bad" },
	{ .name = "loss1", .there.loss_ppm = 1 * RNG_PERCENT, .what = "1 % lost" },
	{ .name = "loss5", .there.loss_ppm = 5 * RNG_PERCENT, .what = "5 % lost" },
	{ .name = "loss10", .there.loss_ppm = 10 * RNG_PERCENT, .what = "10 % lost" },
	{ .name = "loss20", .there.loss_ppm = 20 * RNG_PERCENT, .what = "20 % lost" },
	{
		.name = "reorder5",
		.there = { .reorder_ppm = 5 * RNG_PERCENT, .reorder_ns = 20 * NS_PER_MS },
		.what = "5 % late by up to 20 ms",
	},
	{ .name = "duplicate2", .there.duplicate_ppm = 2 * RNG_PERCENT, .what = "2 % arrive twice" },
	{ .name = "corrupt", .there.corrupt_ppm = RNG_PERCENT / 10, .what = "0.1 % with a flipped bit" },
	{
		.name = "burst20",
		.there = { .burst_ppm = 500, .burst_loss_ppm = 100 * RNG_PERCENT, .burst_end_ppm = 5 * RNG_PERCENT },
		.what = "one packet in 2,000 begins a burst of some 20 lost",
	},
	{ .name = "ackloss10", .back.loss_ppm = 10 * RNG_PERCENT, .what = "10 % of the ACKs lost" },
	{
		.name = "down10s",
		.cut = { .at_ns = 300 * NS_PER_MS, .length_ns = 10 * NS_PER_S, .sides = 3 },
		.what = "down for 10 s, both ways, after 0.3 s",
	},
	{
		.name = "jitter",
		.there = { .jitter_ns = 15 * NS_PER_MS },
		.back = { .jitter_ns = 15 * NS_PER_MS },
		.what = "each way late by up to 15 ms, in order",
	},
	{
		.name = "jitter-reorder",
		.there = { .jitter_ns = 5 * NS_PER_MS, .jitter_reorders = true },
		.what = "late by up to 5 ms, in any order",
	},
	{
		.name = "fat",
		.there = { .rate = 1000 * MBIT, .delay_ns = 50 * NS_PER_MS, .queue = 12500000 },
		.back = { .rate = 1000 * MBIT, .delay_ns = 50 * NS_PER_MS, .queue = 12500000 },
		.what = "1 Gbit/s, a round trip of 100 ms",
	},
	{
		.name = "thin",
		.there = { .rate = 1 * MBIT, .delay_ns = 100 * NS_PER_MS, .queue = 32 << 10 },
		.back = { .rate = 1 * MBIT, .delay_ns = 100 * NS_PER_MS, .queue = 32 << 10 },
		.what = "1 Mbit/s, a round trip of 200 ms",
	},
};

/** scenario_find() - by name; NULL if there is none */
const struct scenario *scenario_find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}

void scenario_list(FILE *out)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++)
		fprintf(out, "%-16s %s\n", scenarios[i].name, scenarios[i].what);
}

static void fill_flow(struct flow *f)
{
	if (!f->rate) {
		f->rate = 100 * MBIT;
		f->queue = 100 * MBIT / 50;
	}
	if (!f->delay_ns)
		f->delay_ns = DELAY_NS;
}

/**
 * scenario_fill() - the parameters of a run
 * @s: scenario
 * @p: result
 * @seed: of the link's chances
 * @pair: stacks, not PAIR_ANY
 * @bytes: A sends so many, B reads them
 */
void scenario_fill(const struct scenario *s, struct params *p, __u64 seed, enum pair pair, __u64 bytes)
{
	struct conn_params *c = &p->conn[0];
	int side;

	memset(p, 0, sizeof(*p));
	p->seed = seed;
	p->pair = pair;
	p->ipv6 = !(seed % 2);
	p->mtu = 1500;
	p->edge = true;
	p->listen_port = 1024 + seed % WORLD_RUNS * 600;
	p->backlog = 16;
	p->retries2 = 15;
	p->flow[SIDE_A] = s->there;
	p->flow[SIDE_B] = s->back;
	if (s->cut.length_ns)
		p->cut[p->cuts++] = s->cut;
	p->conns = 1;
	c->server_port = p->listen_port;
	for (side = 0; side < SIDES; side++) {
		struct end_params *e = &c->end[side];

		fill_flow(&p->flow[side]);
		p->timestamps[side] = true;
		p->sack[side] = true;
		p->window_scaling[side] = true;
		p->ecn[side] = 2;
		e->write_max = CHUNK;
		e->read_max = CHUNK;
		e->write_pause_at = NEVER;
		e->read_pause_at = NEVER;
		e->finish = FINISH_HALF_CLOSE;
	}
	c->end[SIDE_A].total = bytes;
}
