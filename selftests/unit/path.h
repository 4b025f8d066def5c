/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A path for the congestion control law on the host: one FIFO bottleneck, a policer before it, random loss behind it,
 * and flows that send what window and pacing allow. Packets only, no bytes; ACKs come in order, every packet has one.
 * Exact and quick, to test decisions; how well the law does is measured in selftests/cong.
 */
#ifndef XTCP_UNIT_PATH_H
#define XTCP_UNIT_PATH_H

#include "cong.h"

#define PATH_FLOWS	16
#define PATH_RING	8192		/* packets of one flow in flight */

/** struct path_packet - one on its way; @arrive_us: its ACK's arrival, or 0: lost */
struct path_packet {
	u64 sent_us;
	u64 ack_us;
	u32 delivered;
	bool lost;
	bool marked;
};

/** struct path_flow - a sender: the law, or a Reno that fills buffers */
struct path_flow {
	bool on, reno;
	struct xtcp_law law;
	u32 rtt_us;
	u32 reno_q8, reno_cut;
	u32 head, tail;			/* ring: head is the oldest */
	u32 delivered, lost, sent;
	u32 hidden;			/* lost, not yet noticed */
	u64 next_send_us;
	u64 acked_total;
	struct path_packet ring[PATH_RING];
};

/** struct path - the network; all times us, rates packets/s */
struct path {
	u64 now_us;
	u64 free_us;			/* when the bottleneck has sent all that it holds */
	u32 rate;
	u32 buffer;			/* packets */
	u32 loss_permille;
	u32 mark_us;			/* mark what waits longer; 0: never */
	u32 police_rate, police_burst;	/* packets; 0: no policer */
	u64 police_us;
	double tokens;
	u64 queue_sum_us, queue_n;
	u32 queue_max_us;
	struct xtcp_law_params params;
	struct path_flow flow[PATH_FLOWS];
};

void path_init(struct path *p, u32 rate, u32 buffer);
void path_start(struct path *p, unsigned int flow, u32 rtt_us, bool reno);
void path_stop(struct path *p, unsigned int flow);
void path_run(struct path *p, u64 us);
void path_measure(struct path *p);		/* counters start anew */
double path_share(const struct path *p, unsigned int flow, u64 us);	/* of what the link carries in @us */

#endif
