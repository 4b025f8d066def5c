// SPDX-License-Identifier: GPL-2.0
/* The path of path.h. Events in order of time: an ACK arrives, or a flow may send. */
#include "path.h"

#include "tap.h"

#define FIRST_FLIGHT	10

void path_init(struct path *p, u32 rate, u32 buffer)
{
	memset(p, 0, sizeof(*p));
	p->now_us = 1000000;
	p->rate = rate;
	p->buffer = buffer;
	p->params = (struct xtcp_law_params)XTCP_LAW_DEFAULTS;
}

void path_start(struct path *p, unsigned int flow, u32 rtt_us, bool reno)
{
	struct path_flow *f = &p->flow[flow];
	/* the handshake has seen the queue that stands */
	u32 seen_us = rtt_us + (p->free_us > p->now_us ? p->free_us - p->now_us : 0);

	memset(f, 0, sizeof(*f));
	f->on = true;
	f->reno = reno;
	f->rtt_us = rtt_us;
	f->delivered = 1;
	f->reno_q8 = FIRST_FLIGHT * XTCP_LAW_ONE;
	f->next_send_us = p->now_us;
	xtcp_law_init(&f->law, p->now_us, FIRST_FLIGHT, seen_us, f->delivered, 12345 + flow);
}

void path_stop(struct path *p, unsigned int flow)
{
	p->flow[flow].on = false;
}

void path_measure(struct path *p)
{
	unsigned int i;

	for (i = 0; i < PATH_FLOWS; i++) {
		p->flow[i].acked_total = 0;
		p->flow[i].lost = 0;
		p->flow[i].sent = 0;
	}
	p->queue_sum_us = 0;
	p->queue_n = 0;
	p->queue_max_us = 0;
}

double path_share(const struct path *p, unsigned int flow, u64 us)
{
	return p->flow[flow].acked_total * 1e6 / ((double)p->rate * us);
}

static u32 flight(const struct path_flow *f)
{
	return f->tail - f->head - f->hidden;
}

static bool policed(struct path *p)
{
	if (!p->police_rate)
		return false;
	p->tokens += (p->now_us - p->police_us) * (double)p->police_rate / 1e6;
	p->police_us = p->now_us;
	if (p->tokens > p->police_burst)
		p->tokens = p->police_burst;
	if (p->tokens < 1)
		return true;
	p->tokens -= 1;
	return false;
}

static void send_one(struct path *p, struct path_flow *f)
{
	struct path_packet *k = &f->ring[f->tail++ % PATH_RING];
	u32 service_us = 1000000 / p->rate;
	u64 wait_us = p->free_us > p->now_us ? p->free_us - p->now_us : 0;

	k->sent_us = p->now_us;
	k->delivered = f->delivered;
	k->marked = false;
	k->lost = true;
	f->sent++;
	if (!policed(p) && wait_us <= (u64)p->buffer * service_us) {
		p->free_us = p->now_us + wait_us + service_us;
		k->marked = p->mark_us && wait_us > p->mark_us;
		k->lost = tap_below(1000) < p->loss_permille;
		p->queue_sum_us += wait_us;
		p->queue_n++;
		p->queue_max_us = max_t(u32, p->queue_max_us, wait_us);
	}
	/* where a lost one would have been: the next one's ACK tells of it */
	k->ack_us = p->now_us + wait_us + service_us + f->rtt_us;
	/* Linux does not pace the first flight */
	if (!f->reno && f->sent > FIRST_FLIGHT)
		f->next_send_us = max(f->next_send_us, p->now_us) + 1000000 / max(f->law.pace, 1u);
}

static bool may_send(const struct path_flow *f)
{
	return f->on && flight(f) < (f->reno ? f->reno_q8 / XTCP_LAW_ONE : f->law.cwnd) &&
	       f->tail - f->head < PATH_RING - 1;
}

static void reno_ack(struct path_flow *f, const struct xtcp_law_ack *a)
{
	if (a->lost && (s32)(f->head - f->reno_cut) >= 0) {
		f->reno_q8 = max(f->reno_q8 / 2, 2 * XTCP_LAW_ONE);
		f->reno_cut = f->tail;
	} else {
		f->reno_q8 += XTCP_LAW_ONE * XTCP_LAW_ONE / f->reno_q8;
	}
}

static void take_ack(struct path *p, struct path_flow *f)
{
	struct xtcp_law_ack a = { .now_us = p->now_us, .rtt_us = -1 };

	for (; f->head != f->tail && f->ring[f->head % PATH_RING].ack_us <= p->now_us; f->head++) {
		struct path_packet *k = &f->ring[f->head % PATH_RING];

		if (k->lost) {
			a.lost++;
			f->lost++;
			continue;
		}
		f->delivered++;
		f->acked_total++;
		a.acked++;
		a.ce += k->marked;
		a.rtt_us = p->now_us - k->sent_us;
		a.prior_delivered = k->delivered;
		a.has_sample = true;
	}
	a.delivered = f->delivered;
	a.in_flight = flight(f);
	if (f->reno)
		reno_ack(f, &a);
	else
		xtcp_law_ack(&f->law, &p->params, &a);
}

void path_run(struct path *p, u64 us)
{
	u64 end = p->now_us + us;

	while (p->now_us < end) {
		u64 next = end;
		unsigned int i;

		for (i = 0; i < PATH_FLOWS; i++) {
			struct path_flow *f = &p->flow[i];

			if (f->head != f->tail && f->ring[f->head % PATH_RING].ack_us <= p->now_us)
				take_ack(p, f);
			while (may_send(f) && (f->reno || f->next_send_us <= p->now_us))
				send_one(p, f);
			if (f->head != f->tail)
				next = min(next, f->ring[f->head % PATH_RING].ack_us);
			if (may_send(f))
				next = min(next, max(f->next_send_us, p->now_us + 1));
		}
		p->now_us = max(next, p->now_us + 1);
	}
}
