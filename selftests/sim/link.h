/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The impaired link between the two hosts.
 */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include <linux/virtio_net.h>
#include <stddef.h>

#include "params.h"
#include "rng.h"

struct run;
struct packet;

/**
 * struct ledger - what the link did to one connection: the evidence when an end reports an error
 * @index: of the connection
 * @delivered_at: when something was last delivered to that side, ns
 * @destroyed: packets of either direction destroyed since
 * @silent: there was a time in which that side could not hear the other, see verdict_silence()
 * @last_fault: when a packet was last destroyed, or delivered after a later one, ns; NEVER = none was
 * @icmp: ICMP errors sent to that side
 * @isn: initial sequence numbers, to speak of relative ones
 * @isn_known: -
 * @wscale: what that side's SYN offers, -1 = none
 * @edge: the right edge of the window that side may fill, as far as it was told
 * @edge_known: -
 */
struct ledger {
	int index;
	__u64 delivered_at[SIDES];
	unsigned int destroyed[SIDES];
	bool silent[SIDES];
	__u64 last_fault;
	unsigned int icmp[SIDES];
	__u32 isn[SIDES];
	bool isn_known[SIDES];
	int wscale[SIDES];
	__u32 edge[SIDES];
	bool edge_known[SIDES];
};

/**
 * struct link_stats - counts over all runs
 * @segments: TCP segments (or super-segments) that entered the link
 * @lost: destroyed at random or by a full queue
 * @cut: destroyed since the link was down
 * @too_big: destroyed for the link's MTU, and reported by ICMP
 * @duplicated: delivered twice
 * @reordered: delivered after a later one
 * @corrupted: delivered with a flipped bit
 * @delayed: delivered later than they were sent
 * @stray: packets that belong to no run's hosts
 */
struct link_stats {
	__u64 segments;
	__u64 lost;
	__u64 cut;
	__u64 too_big;
	__u64 duplicated;
	__u64 reordered;
	__u64 corrupted;
	__u64 delayed;
	__u64 stray;
};

/**
 * struct link_way - one direction
 * @rng: its chances
 * @burst: losing a burst
 * @free_at: when the rate lets the next packet go
 * @last_due: the last packet's delivery, which later ones may not precede
 * @number: packets so far
 * @delivered: highest number delivered
 */
struct link_way {
	struct rng rng;
	bool burst;
	__u64 free_at;
	__u64 last_due;
	__u64 number;
	__u64 delivered;
};

/**
 * struct link - the link; zeroed before the first link_reset()
 * @way: by sender
 * @heap: packets in flight, the next one first
 * @packets: how many
 * @size: room in @heap
 * @order: copies so far; breaks ties
 * @hash: of all segments and their times
 * @stats: over all runs
 */
struct link {
	struct link_way way[SIDES];
	struct packet **heap;
	size_t packets;
	size_t size;
	__u64 order;
	__u64 hash;
	struct link_stats stats;
};

void link_reset(struct link *l, const struct params *p);
void link_send(struct run *run, enum host from, const struct virtio_net_hdr *vnet, const unsigned char *data,
	       size_t len);
void link_deliver(struct run *run);
__u64 link_due(const struct link *l);
void link_free(struct link *l);

#endif
