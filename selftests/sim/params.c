// SPDX-License-Identifier: GPL-2.0
/*
 * Draws a run's parameters from its seed, and prints them.
 *
 * One in six runs has a clean link; the others mix impairments freely, each from mild to severe. Sizes shrink as the
 * link worsens, so that every run ends within the time that the workload grants it. Most runs are small: the
 * point is many different runs, not much data.
 */
#include <string.h>

#include "params.h"
#include "rng.h"

const char *const pair_names[] = { "xx", "xk", "kx", "kk", "any" };

static const char *const finish_names[] = { "half-close", "hold", "first", "shut-both" };
static const char *const abort_names[] = { "-", "linger", "unread", "close", "shutdown", "connect" };
static const char *const kind_names[] = { "normal", "refused", "simultaneous" };

/* A few favourites, then what else the kernel was built with; one that is absent is not set. */
static const char *const congestion_controls[] = {
	"reno", "bbr", "xtcp", "dctcp", "westwood", "vegas", "htcp", "illinois",
};

bool params_is_xtcp(const struct params *p, enum host side)
{
	switch (p->pair) {
	case PAIR_XX:
		return true;
	case PAIR_XK:
		return side == SIDE_A;
	case PAIR_KX:
		return side == SIDE_B;
	default:
		return false;
	}
}

/* When the link is cut for good, since the run's start; NEVER if it is not. */
__u64 params_dead_at(const struct params *p)
{
	int i;

	for (i = 0; i < p->cuts; i++)
		if (p->cut[i].length_ns == NEVER)
			return p->cut[i].at_ns;
	return NEVER;
}

static void draw_flow(struct rng *r, struct flow *f)
{
	if (rng_chance(r, 80 * RNG_PERCENT))
		f->delay_ns = rng_log(r, 20, 250000) * NS_PER_US;
	if (rng_chance(r, 30 * RNG_PERCENT)) {
		f->jitter_ns = rng_log(r, 50, 100000) * NS_PER_US;
		f->jitter_reorders = rng_chance(r, 40 * RNG_PERCENT);
	}
	if (rng_chance(r, 30 * RNG_PERCENT)) {
		f->rate = rng_log(r, 8 << 10, 10 << 20);
		f->queue = rng_log(r, 4 << 10, 128 << 10);
		/* A queue of more than 2 s is a network that nobody has. */
		if (f->queue > 2 * f->rate)
			f->queue = 2 * f->rate;
	}
	if (rng_chance(r, 50 * RNG_PERCENT))
		f->loss_ppm = rng_log(r, RNG_PERCENT / 10, 30 * RNG_PERCENT);
	if (rng_chance(r, 15 * RNG_PERCENT)) {
		f->burst_ppm = rng_log(r, RNG_PERCENT / 10, 5 * RNG_PERCENT);
		f->burst_loss_ppm = rng_range(r, 50, 100) * RNG_PERCENT;
		f->burst_end_ppm = rng_range(r, 10, 60) * RNG_PERCENT;
	}
	if (rng_chance(r, 30 * RNG_PERCENT))
		f->duplicate_ppm = rng_log(r, RNG_PERCENT / 10, 30 * RNG_PERCENT);
	if (rng_chance(r, 30 * RNG_PERCENT))
		f->corrupt_ppm = rng_log(r, RNG_PERCENT / 10, 15 * RNG_PERCENT);
	if (rng_chance(r, 30 * RNG_PERCENT)) {
		f->reorder_ppm = rng_log(r, RNG_PERCENT / 10, 50 * RNG_PERCENT);
		f->reorder_ns = rng_log(r, 10, 200000) * NS_PER_US;
	}
}

static void draw_cuts(struct rng *r, struct params *p)
{
	int i;

	if (!rng_chance(r, 15 * RNG_PERCENT))
		return;
	p->cuts = rng_range(r, 1, PARAMS_CUTS_MAX);
	for (i = 0; i < p->cuts; i++) {
		struct cut *cut = &p->cut[i];

		cut->at_ns = rng_log(r, 1, 20000) * NS_PER_MS;
		cut->length_ns = rng_log(r, 1, 100000) * NS_PER_MS;
		cut->sides = rng_range(r, 1, 3);
		cut->icmp = rng_chance(r, 20 * RNG_PERCENT);
	}
	if (rng_chance(r, 30 * RNG_PERCENT)) {
		p->cut[0].length_ns = NEVER;
		p->cut[0].sides = 3;
		p->retries2 = rng_range(r, 4, 15);
	}
}

static void draw_link(struct rng *r, struct params *p)
{
	bool clean = rng_chance(r, 16 * RNG_PERCENT), same = rng_chance(r, 50 * RNG_PERCENT);

	draw_flow(r, &p->flow[SIDE_A]);
	draw_flow(r, &p->flow[SIDE_B]);
	draw_cuts(r, p);
	if (clean) {
		memset(p->flow, 0, sizeof(p->flow));
		p->cuts = 0;
		p->flow[SIDE_A].delay_ns = rng_below(r, 3) ? rng_log(r, 20, 250000) * NS_PER_US : 0;
		same = true;
	}
	if (same)
		p->flow[SIDE_B] = p->flow[SIDE_A];

	p->mtu = rng_chance(r, 50 * RNG_PERCENT) ? 1500 : rng_range(r, p->ipv6 ? 1280 : 576, 1500);
	p->offload = rng_chance(r, 25 * RNG_PERCENT);
	if (rng_chance(r, 10 * RNG_PERCENT))
		p->link_mtu = rng_range(r, p->ipv6 ? 1280 : 576, 1500);
	if (p->link_mtu >= p->mtu)
		p->link_mtu = 0;
}

static void draw_hosts(struct rng *r, struct params *p)
{
	int side;

	for (side = 0; side < SIDES; side++) {
		p->mapped[side] = rng_chance(r, 15 * RNG_PERCENT) && !p->ipv6;
		p->timestamps[side] = rng_chance(r, 80 * RNG_PERCENT);
		p->sack[side] = rng_chance(r, 80 * RNG_PERCENT);
		p->window_scaling[side] = rng_chance(r, 85 * RNG_PERCENT);
		p->ecn[side] = rng_chance(r, 85 * RNG_PERCENT) ? 2 : rng_range(r, 0, 1);
		if (rng_chance(r, 40 * RNG_PERCENT))
			snprintf(p->cc[side], sizeof(p->cc[side]), "%s",
				 congestion_controls[rng_below(r, ARRAY_SIZE(congestion_controls))]);
	}
	p->edge = rng_chance(r, 50 * RNG_PERCENT);
	p->listen_any = rng_chance(r, 30 * RNG_PERCENT);
	/* Runs that share namespaces: ports apart, all below the ephemeral ones. */
	p->listen_port = 1024 + p->seed % WORLD_RUNS * 600 + rng_below(r, 150);
	p->backlog = 64;
	if (rng_chance(r, 10 * RNG_PERCENT)) {
		p->backlog = rng_range(r, 1, 3);
		p->accept_pause_ns = rng_log(r, 1, 3000) * NS_PER_MS;
	}
	if (rng_chance(r, 25 * RNG_PERCENT))
		p->listen_rcvbuf = rng_log(r, 2048, 262144);
}

/* Bytes that one direction may carry without taking more than its share of time, virtual or real. */
static __u64 size_limit(const struct params *p, __u64 buffer)
{
	__u64 limit = (1 << 20) / p->conns;
	int side;

	for (side = 0; side < SIDES; side++) {
		const struct flow *f = &p->flow[side];
		unsigned int bad = f->loss_ppm + f->corrupt_ppm + f->burst_ppm * 3;

		if (bad > 20 * RNG_PERCENT && limit > 8 << 10)
			limit = 8 << 10;
		else if (bad > 10 * RNG_PERCENT && limit > 32 << 10)
			limit = 32 << 10;
		else if (bad > 2 * RNG_PERCENT && limit > 256 << 10)
			limit = 256 << 10;
		if (f->rate && limit > f->rate * 60 / p->conns)
			limit = f->rate * 60 / p->conns;
	}
	if (buffer && limit > buffer * 24)
		limit = buffer * 24;
	return limit;
}

static __u64 draw_size(struct rng *r, __u64 limit)
{
	__u64 size = rng_log(r, 1, rng_below(r, 4) ? 64 << 10 : 1 << 20), kind = rng_below(r, 20);

	if (kind < 2)
		size = 0;
	else if (kind < 3)
		size = 1;
	else if (kind < 4)
		size = 1460 * rng_range(r, 1, 20) + rng_below(r, 3) - 1;
	return size < limit ? size : limit;
}

static void draw_end(struct rng *r, struct end_params *e)
{
	e->write_max = rng_log(r, 1, 128 << 10);
	e->read_max = rng_log(r, 1, 128 << 10);
	if (rng_chance(r, 25 * RNG_PERCENT))
		e->sndbuf = rng_log(r, 2048, 262144);
	if (rng_chance(r, 25 * RNG_PERCENT))
		e->rcvbuf = rng_log(r, 2048, 262144);
	e->nodelay = rng_chance(r, 30 * RNG_PERCENT);
	e->cork = rng_chance(r, 15 * RNG_PERCENT);
	e->more = rng_chance(r, 15 * RNG_PERCENT);
	e->peek = rng_chance(r, 20 * RNG_PERCENT);
	e->inq = rng_chance(r, 20 * RNG_PERCENT);
	if (rng_chance(r, 20 * RNG_PERCENT))
		e->keepalive_s = rng_log(r, 5, 60);
}

/* A chunk of a few bytes is for small amounts: a run is bounded in system calls too. */
static void limit_chunks(struct end_params *e, __u64 receives)
{
	if (e->write_max < e->total / 64)
		e->write_max = e->total / 64;
	if (e->read_max < receives / 64)
		e->read_max = receives / 64;
}

static void draw_pauses(struct rng *r, struct end_params *e, __u64 receives)
{
	e->write_pause_at = NEVER;
	e->read_pause_at = NEVER;
	if (rng_chance(r, 20 * RNG_PERCENT)) {
		e->write_pause_at = rng_below(r, e->total + 1);
		e->write_pause_ns = rng_log(r, 1, 60000) * NS_PER_MS;
	}
	if (rng_chance(r, 20 * RNG_PERCENT)) {
		e->read_pause_at = rng_below(r, receives + 1);
		e->read_pause_ns = rng_log(r, 1, 100000) * NS_PER_MS;
	}
}

static void draw_pattern(struct rng *r, const struct params *p, struct conn_params *c)
{
	struct end_params *a = &c->end[SIDE_A], *b = &c->end[SIDE_B];
	__u64 buffer = 0, limit, rounds;
	int side;

	for (side = 0; side < SIDES; side++)
		if (c->end[side].rcvbuf && (!buffer || c->end[side].rcvbuf < buffer))
			buffer = c->end[side].rcvbuf;
	if (p->listen_rcvbuf && (!buffer || p->listen_rcvbuf < buffer))
		buffer = p->listen_rcvbuf;
	limit = size_limit(p, buffer);

	a->total = draw_size(r, limit);
	b->total = draw_size(r, limit);
	switch (rng_below(r, 5)) {
	case 0:
		b->total = 0;
		break;
	case 1:
		a->total = 0;
		break;
	case 2:
		rounds = rng_log(r, 1, 50);
		c->request = a->total / rounds + 1;
		c->response = b->total / rounds + 1;
		a->total = c->request * rounds;
		b->total = c->response * rounds;
		break;
	}
}

static void draw_closing(struct rng *r, const struct params *p, struct conn_params *c)
{
	struct end_params *a = &c->end[SIDE_A], *b = &c->end[SIDE_B], *who;
	bool swap = rng_chance(r, 50 * RNG_PERCENT), early = rng_chance(r, 15 * RNG_PERCENT);

	/* One of the two may wait for the other's end of file, not both. */
	a->finish = rng_below(r, FINISHES);
	b->finish = rng_below(r, FINISHES);
	if (a->finish == FINISH_HOLD && b->finish == FINISH_HOLD)
		(swap ? a : b)->finish = FINISH_HALF_CLOSE;

	/* FIN-WAIT-2 ends after a minute: a keepalive of the peer, still reading then, would be answered with RST. */
	if (a->finish == FINISH_FIRST)
		b->keepalive_s = 0;
	if (b->finish == FINISH_FIRST)
		a->keepalive_s = 0;

	who = swap ? a : b;
	who->abort_at = rng_below(r, a->total + b->total + 1);
	who->abort_wait_ns = rng_log(r, 1, 2000) * NS_PER_MS;
	who->abort = rng_range(r, ABORT_LINGER, ABORTS - 1);
	if (who->abort == ABORT_CONNECT) {
		if (who == b && c->kind != CONN_SIMULTANEOUS)
			who->abort = ABORT_LINGER;
		else
			who->abort_at = rng_below(r, 2 * (p->flow[SIDE_A].delay_ns + p->flow[SIDE_B].delay_ns) + 1);
	}
	if (!early)
		who->abort = ABORT_NONE;
}

static void draw_conn(struct rng *r, struct params *p, int index)
{
	struct conn_params *c = &p->conn[index];
	__u64 kind = rng_below(r, 100), chosen = rng_chance(r, 40 * RNG_PERCENT);

	c->kind = kind < 5 ? CONN_REFUSED : kind < 15 ? CONN_SIMULTANEOUS : CONN_NORMAL;
	c->start_ns = rng_chance(r, 50 * RNG_PERCENT) ? 0 : rng_log(r, 1, 5000) * NS_PER_MS;
	c->server_port = p->listen_port;
	if (c->kind != CONN_NORMAL)
		c->server_port += 400 + index;
	if (chosen || c->kind == CONN_SIMULTANEOUS)
		c->client_port = p->listen_port + 420 + index;

	draw_end(r, &c->end[SIDE_A]);
	draw_end(r, &c->end[SIDE_B]);
	draw_pattern(r, p, c);
	draw_pauses(r, &c->end[SIDE_A], c->end[SIDE_B].total);
	draw_pauses(r, &c->end[SIDE_B], c->end[SIDE_A].total);
	limit_chunks(&c->end[SIDE_A], c->end[SIDE_B].total);
	limit_chunks(&c->end[SIDE_B], c->end[SIDE_A].total);
	draw_closing(r, p, c);
}

/**
 * params_draw() - everything that follows from a seed
 * @p: result
 * @seed: any number
 * @pair: the stacks, or PAIR_ANY for a drawn pair with at least one XTCP; nothing else depends on it
 */
void params_draw(struct params *p, __u64 seed, enum pair pair)
{
	static const enum pair drawn[] = { PAIR_XX, PAIR_XX, PAIR_XK, PAIR_KX };
	enum pair choice;
	struct rng r;
	__u64 many;
	int i;

	rng_seed(&r, seed, STREAM_PARAMS);
	memset(p, 0, sizeof(*p));
	p->seed = seed;
	choice = drawn[rng_below(&r, 4)];
	p->pair = pair == PAIR_ANY ? choice : pair;
	p->ipv6 = rng_chance(&r, 50 * RNG_PERCENT);
	p->retries2 = 15;
	draw_link(&r, p);
	draw_hosts(&r, p);
	many = rng_below(&r, 100);
	p->conns = many < 45 ? 1 : many < 65 ? 2 : many < 80 ? 3 : rng_range(&r, 4, PARAMS_CONNS_MAX);
	for (i = 0; i < p->conns; i++)
		draw_conn(&r, p, i);
}

static void print_flow(const struct params *p, enum host side, FILE *out)
{
	const struct flow *f = &p->flow[side];

	fprintf(out, "  link %c->%c: delay %.3f ms", 'A' + side, 'B' - side, (double)f->delay_ns / NS_PER_MS);
	if (f->jitter_ns)
		fprintf(out, " jitter %.3f ms%s", (double)f->jitter_ns / NS_PER_MS,
			f->jitter_reorders ? " (reorders)" : "");
	if (f->rate)
		fprintf(out, " rate %llu B/s queue %llu B", f->rate, f->queue);
	if (f->loss_ppm)
		fprintf(out, " loss %.2f %%", (double)f->loss_ppm / RNG_PERCENT);
	if (f->burst_ppm)
		fprintf(out, " bursts %.2f %% (loss %u %%, end %u %%)", (double)f->burst_ppm / RNG_PERCENT,
			f->burst_loss_ppm / RNG_PERCENT, f->burst_end_ppm / RNG_PERCENT);
	if (f->duplicate_ppm)
		fprintf(out, " duplicate %.2f %%", (double)f->duplicate_ppm / RNG_PERCENT);
	if (f->corrupt_ppm)
		fprintf(out, " corrupt %.2f %%", (double)f->corrupt_ppm / RNG_PERCENT);
	if (f->reorder_ppm)
		fprintf(out, " reorder %.2f %% by %.3f ms", (double)f->reorder_ppm / RNG_PERCENT,
			(double)f->reorder_ns / NS_PER_MS);
	fputc('\n', out);
}

static void print_cuts(const struct params *p, FILE *out)
{
	int i;

	for (i = 0; i < p->cuts; i++) {
		const struct cut *cut = &p->cut[i];

		fprintf(out, "  cut %s at %.3f s ", cut->sides == 3 ? "both ways" : cut->sides == 1 ? "A->B" : "B->A",
			(double)cut->at_ns / NS_PER_S);
		if (cut->length_ns == NEVER)
			fprintf(out, "for good");
		else
			fprintf(out, "for %.3f s", (double)cut->length_ns / NS_PER_S);
		fprintf(out, "%s\n", cut->icmp ? " with ICMP" : "");
	}
}

static void print_pause(const char *name, __u64 at, __u64 ns, FILE *out)
{
	if (at != NEVER)
		fprintf(out, ", %s pause at %llu of %.3f s", name, at, (double)ns / NS_PER_S);
}

static void print_end(const struct conn_params *c, enum host side, FILE *out)
{
	const struct end_params *e = &c->end[side];

	fprintf(out, "    %c: sends %llu, chunks %u/%u, closes %s", 'A' + side, e->total, e->write_max, e->read_max,
		finish_names[e->finish]);
	if (e->abort)
		fprintf(out, ", aborts by %s at %llu wait %.3f s", abort_names[e->abort], e->abort_at,
			(double)e->abort_wait_ns / NS_PER_S);
	print_pause("write", e->write_pause_at, e->write_pause_ns, out);
	print_pause("read", e->read_pause_at, e->read_pause_ns, out);
	if (e->sndbuf)
		fprintf(out, ", sndbuf %u", e->sndbuf);
	if (e->rcvbuf)
		fprintf(out, ", rcvbuf %u", e->rcvbuf);
	if (e->keepalive_s)
		fprintf(out, ", keepalive %u s", e->keepalive_s);
	fprintf(out, "%s%s%s%s%s\n", e->nodelay ? " nodelay" : "", e->cork ? " cork" : "", e->more ? " more" : "",
		e->peek ? " peek" : "", e->inq ? " inq" : "");
}

void params_print(const struct params *p, FILE *out)
{
	int i, side;

	fprintf(out, "  seed %llu: pair %s, IPv%d, mtu %u", p->seed, pair_names[p->pair], p->ipv6 ? 6 : 4, p->mtu);
	if (p->link_mtu)
		fprintf(out, " (link %u)", p->link_mtu);
	fprintf(out, "%s, epoll %s, listen %s:%u backlog %d", p->offload ? ", offload" : "", p->edge ? "edge" : "level",
		p->listen_any ? "*" : "address", p->listen_port, p->backlog);
	fprintf(out, " accept after %.3f s rcvbuf %u, retries2 %d\n", (double)p->accept_pause_ns / NS_PER_S,
		p->listen_rcvbuf, p->retries2);
	for (side = 0; side < SIDES; side++)
		fprintf(out, "  host %c: %s%s, timestamps %d sack %d scaling %d ecn %d cc %s\n", 'A' + side,
			params_is_xtcp(p, side) ? "xtcp" : "kernel", p->mapped[side] ? " (v4-mapped)" : "",
			p->timestamps[side], p->sack[side], p->window_scaling[side], p->ecn[side],
			*p->cc[side] ? p->cc[side] : "default");
	print_flow(p, SIDE_A, out);
	print_flow(p, SIDE_B, out);
	print_cuts(p, out);
	for (i = 0; i < p->conns; i++) {
		const struct conn_params *c = &p->conn[i];

		fprintf(out, "  connection %d: %s at %.3f s, ports %u -> %u", i, kind_names[c->kind],
			(double)c->start_ns / NS_PER_S, c->client_port, c->server_port);
		if (c->request)
			fprintf(out, ", requests %llu, responses %llu", c->request, c->response);
		fputc('\n', out);
		print_end(c, SIDE_A, out);
		print_end(c, SIDE_B, out);
	}
}
