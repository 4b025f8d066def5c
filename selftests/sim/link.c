// SPDX-License-Identifier: GPL-2.0
/*
 * The link: takes packets that one host sent, decides their fate, delivers what is left to the other when it is due.
 *
 * The order of fates: the link is cut; the packet is too big; the queue before a limited rate is full; it is lost,
 * alone or in a burst; a bit of it flips; it is duplicated; it is held back, so that later ones overtake it. Every
 * packet takes the same number of draws from its direction's stream whatever happens to it, so a fate depends on the
 * seed and the packet's number only.
 *
 * A flipped bit must be noticed, by IP's or TCP's checksum: one bit always is. Not flipped are the first bytes of an
 * IPv6 header, which no checksum covers. A super-segment has no checksum yet: it is destroyed instead.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet.h"
#include "run.h"

#define IPV6_UNCHECKED_BITS 64

enum fate {
	FATE_PASS,
	FATE_CUT,
	FATE_TOO_BIG,
	FATE_QUEUE,
	FATE_LOST,
	FATE_BURST,
	FATE_BROKEN,
};

static const char *const fate_names[] = { "", "cut", "too big", "queue full", "lost", "lost in a burst", "broken" };

/**
 * struct packet - a copy in flight
 * @due: when it arrives, ns
 * @order: breaks ties
 * @number: of the packet in its direction
 * @to: -
 * @ipv6: -
 * @damaged: a bit is flipped
 * @copy: it is the second
 * @ledger: of its connection, or NULL
 * @vnet: offload header
 * @len: bytes
 * @data: from the IP header on
 */
struct packet {
	__u64 due;
	__u64 order;
	__u64 number;
	enum host to;
	bool ipv6;
	bool damaged;
	bool copy;
	struct ledger *ledger;
	struct virtio_net_hdr vnet;
	size_t len;
	unsigned char data[];
};

/* The chances of one packet, drawn together. */
struct dice {
	bool lose;
	bool burst_starts;
	bool burst_ends;
	bool burst_loses;
	bool corrupt;
	__u64 bit;
	bool duplicate;
	__u64 jitter[2];
	bool hold;
	__u64 hold_ns;
};

static void roll(struct rng *r, const struct flow *f, struct dice *d)
{
	d->lose = rng_chance(r, f->loss_ppm);
	d->burst_starts = rng_chance(r, f->burst_ppm);
	d->burst_ends = rng_chance(r, f->burst_end_ppm);
	d->burst_loses = rng_chance(r, f->burst_loss_ppm);
	d->corrupt = rng_chance(r, f->corrupt_ppm);
	d->bit = rng_next(r);
	d->duplicate = rng_chance(r, f->duplicate_ppm);
	d->jitter[0] = rng_below(r, f->jitter_ns + 1);
	d->jitter[1] = rng_below(r, f->jitter_ns + 1);
	d->hold = rng_chance(r, f->reorder_ppm);
	d->hold_ns = rng_below(r, f->reorder_ns + 1);
}

static bool before(const struct packet *a, const struct packet *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static void heap_push(struct link *l, struct packet *packet)
{
	size_t i = l->packets++;

	if (l->packets > l->size) {
		l->size = l->size ? 2 * l->size : 256;
		l->heap = realloc(l->heap, l->size * sizeof(*l->heap));
		if (!l->heap)
			abort();
	}
	for (; i && before(packet, l->heap[(i - 1) / 2]); i = (i - 1) / 2)
		l->heap[i] = l->heap[(i - 1) / 2];
	l->heap[i] = packet;
}

static struct packet *heap_pop(struct link *l)
{
	struct packet *first = l->heap[0], *last = l->heap[--l->packets];
	size_t i = 0, child;

	for (child = 1; child < l->packets; i = child, child = 2 * i + 1) {
		if (child + 1 < l->packets && before(l->heap[child + 1], l->heap[child]))
			child++;
		if (!before(l->heap[child], last))
			break;
		l->heap[i] = l->heap[child];
	}
	l->heap[i] = last;
	return first;
}

/**
 * link_reset() - starts a run with nothing in flight
 * @l: link
 * @p: the run
 */
void link_reset(struct link *l, const struct params *p)
{
	int side;

	while (l->packets)
		free(l->heap[--l->packets]);
	memset(l->way, 0, sizeof(l->way));
	l->order = 0;
	l->hash = p->seed;
	for (side = 0; side < SIDES; side++)
		rng_seed(&l->way[side].rng, p->seed, STREAM_LINK + side);
}

void link_free(struct link *l)
{
	while (l->packets)
		free(l->heap[--l->packets]);
	free(l->heap);
	memset(l, 0, sizeof(*l));
}

static const struct cut *cut_now(const struct run *run, enum host from)
{
	int i;

	for (i = 0; i < run->p.cuts; i++) {
		const struct cut *cut = &run->p.cut[i];

		if (cut->sides & 1 << from && run->now >= cut->at_ns && run->now - cut->at_ns < cut->length_ns)
			return cut;
	}
	return NULL;
}

/* Bytes of the biggest IP packet in it: a super-segment counts as the segments that it will be. */
static size_t packet_size(const struct packet_view *v, const struct virtio_net_hdr *vnet, size_t len)
{
	size_t segment = v->payload + vnet->gso_size;

	return vnet->gso_type != VIRTIO_NET_HDR_GSO_NONE && segment < len ? segment : len;
}

static enum fate decide(struct run *run, enum host from, const struct dice *d, size_t size, bool too_big)
{
	const struct flow *f = &run->p.flow[from];
	struct link_way *way = &run->link.way[from];

	way->burst = way->burst ? !d->burst_ends : d->burst_starts;
	if (cut_now(run, from))
		return FATE_CUT;
	if (too_big)
		return FATE_TOO_BIG;
	if (f->rate) {
		if (way->free_at < run->now)
			way->free_at = run->now;
		if ((way->free_at - run->now) * f->rate / NS_PER_S > f->queue)
			return FATE_QUEUE;
		way->free_at += size * NS_PER_S / f->rate;
	}
	if (d->lose)
		return FATE_LOST;
	if (way->burst && d->burst_loses)
		return FATE_BURST;
	return FATE_PASS;
}

static void ledger_destroyed(struct run *run, struct ledger *ledger)
{
	int side;

	if (!ledger)
		return;
	for (side = 0; side < SIDES; side++)
		ledger->destroyed[side]++;
	ledger->last_fault = run->now;
}

static void ledger_delivered(struct run *run, struct ledger *ledger, enum host to)
{
	ledger->silent[to] |= verdict_silence(run, ledger, to);
	ledger->delivered_at[to] = run->now;
	ledger->destroyed[to] = 0;
}

/* When a packet that leaves now arrives. */
static __u64 arrival(struct run *run, enum host from, const struct dice *d, bool copy)
{
	const struct flow *f = &run->p.flow[from];
	struct link_way *way = &run->link.way[from];
	__u64 due = (f->rate ? way->free_at : run->now) + f->delay_ns + d->jitter[copy];

	if (d->hold && !copy)
		return due + d->hold_ns;
	if (!f->jitter_reorders && due < way->last_due)
		due = way->last_due;
	if (due > way->last_due)
		way->last_due = due;
	return due;
}

static struct packet *packet_new(const struct virtio_net_hdr *vnet, const unsigned char *data, size_t len)
{
	struct packet *packet = malloc(sizeof(*packet) + len);

	if (!packet)
		abort();
	memset(packet, 0, sizeof(*packet));
	packet->vnet = *vnet;
	packet->len = len;
	memcpy(packet->data, data, len);
	return packet;
}

static void damage(struct packet *packet, __u64 bit)
{
	size_t skip = packet->ipv6 ? IPV6_UNCHECKED_BITS : 0;

	packet_complete_checksum(packet->data, packet->len, &packet->vnet);
	bit = skip + bit % (packet->len * 8 - skip);
	packet->data[bit / 8] ^= 1 << bit % 8;
	packet->damaged = true;
}

/*
 * Is the sender told that the link is down? Not of a SYN-ACK: Linux then forgets the handshake, and a client whose
 * turn is not to speak never hears of it.
 */
static bool may_tell(const struct packet_view *v)
{
	return v->protocol == IPPROTO_TCP && (v->flags & (PACKET_SYN | PACKET_ACK)) != (PACKET_SYN | PACKET_ACK);
}

/* The link's own answer, on its way back. */
static void answer(struct run *run, enum host to, struct ledger *ledger, const unsigned char *data, size_t len,
		   unsigned int mtu)
{
	static const struct virtio_net_hdr plain;
	unsigned char icmp[1500];
	struct packet *packet;

	len = mtu ? packet_icmp_too_big(icmp, data, len, mtu) : packet_icmp_unreachable(icmp, data, len);
	packet = packet_new(&plain, icmp, len);
	packet->to = to;
	packet->ipv6 = run->p.ipv6;
	packet->due = run->now + run->p.flow[!to].delay_ns / 2;
	packet->order = run->link.order++;
	packet->number = ~0ULL;
	heap_push(&run->link, packet);
	if (ledger && !mtu)
		ledger->icmp[to]++;
}

/* Sequence numbers relative to the initial ones, which are the kernels' random numbers. */
static __u32 relative(const struct ledger *ledger, enum host side, __u32 seq)
{
	return ledger && ledger->isn_known[side] ? seq - ledger->isn[side] : seq ? ~0U : 0;
}

static void hash(struct link *l, __u64 value)
{
	l->hash = rng_mix(l->hash ^ value);
}

/* What a packet that arrives says of the window; an edge that was told once holds (RFC 9293 3.8.6: never shrink it). */
static void learn_window(struct ledger *ledger, enum host to, const struct packet *packet)
{
	struct packet_view v;
	__u32 window;

	if (!packet_parse(packet->data, packet->len, &v) || v.protocol != IPPROTO_TCP || !(v.flags & PACKET_ACK))
		return;
	window = v.window;
	if (!(v.flags & PACKET_SYN) && ledger->wscale[SIDE_A] >= 0 && ledger->wscale[SIDE_B] >= 0)
		window <<= ledger->wscale[!to];
	if (!ledger->edge_known[to] || (__s32)(v.ack + window - ledger->edge[to]) > 0)
		ledger->edge[to] = v.ack + window;
	ledger->edge_known[to] = true;
}

/* XTCP sends nothing beyond the window that it was told. */
static void check_window(struct run *run, enum host from, const struct ledger *ledger, const struct packet_view *v)
{
	__u32 end = v->seq + v->length;

	if (!v->length || v->flags & (PACKET_SYN | PACKET_RST) || !ledger->edge_known[from] ||
	    !params_is_xtcp(&run->p, from))
		return;
	if ((__s32)(end - ledger->edge[from]) > 0)
		run_fail(run, "connection %d, %c: text up to %u, beyond the peer's window, which ends at %u",
			 ledger->index, 'A' + from, end - ledger->isn[from], ledger->edge[from] - ledger->isn[from]);
}

static void account(struct run *run, enum host from, struct ledger *ledger, const struct packet_view *v, size_t len,
		    enum fate fate)
{
	struct link *l = &run->link;

	if (v->protocol == IPPROTO_TCP)
		l->stats.segments++;
	if (ledger && v->flags & PACKET_SYN && !ledger->isn_known[from]) {
		ledger->isn[from] = v->seq;
		ledger->isn_known[from] = true;
		ledger->wscale[from] = v->wscale;
	}
	if (ledger)
		check_window(run, from, ledger, v);
	if (fate == FATE_CUT)
		l->stats.cut++;
	else if (fate == FATE_TOO_BIG)
		l->stats.too_big++;
	else if (fate != FATE_PASS)
		l->stats.lost++;
	hash(l, run->now);
	hash(l, (__u64)len << 32 | (ledger ? ledger->index + 1 : 0) << 16 | v->flags << 8 | fate << 1 | from);
	hash(l, relative(ledger, from, v->seq));
	hash(l, v->flags & PACKET_ACK ? relative(ledger, !from, v->ack) : 0);
	hash(l, v->window);
}

static void describe(struct run *run, enum host from, struct ledger *ledger, const struct packet_view *v, size_t len,
		     const char *fate)
{
	char flags[8] = "", *f = flags;

	if (!run->verbose)
		return;
	if (v->protocol != IPPROTO_TCP) {
		run_log(run, "%c->%c protocol %u, %zu bytes %s", 'A' + from, 'B' - from, v->protocol, len, fate);
		return;
	}
	if (v->flags & PACKET_SYN)
		*f++ = 'S';
	if (v->flags & PACKET_FIN)
		*f++ = 'F';
	if (v->flags & PACKET_RST)
		*f++ = 'R';
	if (v->flags & PACKET_PSH)
		*f++ = 'P';
	if (v->flags & PACKET_ACK)
		*f++ = '.';
	*f = 0;
	run_log(run, "%c->%c #%d %u>%u [%s] seq %u+%zu ack %u win %u %s", 'A' + from, 'B' - from,
		ledger ? ledger->index : -1, v->sport, v->dport, flags, relative(ledger, from, v->seq), v->length,
		v->flags & PACKET_ACK ? relative(ledger, !from, v->ack) : 0, v->window, fate);
}

/* Sends a packet that survives on its way, once or twice. Describes it in @text. */
static void carry(struct run *run, enum host from, struct packet *packet, const struct dice *d, char *text,
		  size_t size)
{
	struct link *l = &run->link;
	struct packet *copy = NULL;
	int used;

	packet->to = !from;
	packet->ipv6 = run->p.ipv6;
	packet->number = l->way[from].number;
	if (d->duplicate)
		copy = packet_new(&packet->vnet, packet->data, packet->len);
	if (d->corrupt)
		damage(packet, d->bit);
	packet->due = arrival(run, from, d, false);
	packet->order = l->order++;
	heap_push(l, packet);
	used = snprintf(text, size, "%sarrives at %.6f", d->corrupt ? "corrupted, " : "",
			(double)packet->due / NS_PER_S);
	if (packet->due > run->now)
		l->stats.delayed++;
	if (d->corrupt) {
		l->stats.corrupted++;
		ledger_destroyed(run, packet->ledger);
	}
	if (!copy)
		return;
	copy->to = packet->to;
	copy->ipv6 = packet->ipv6;
	copy->number = packet->number;
	copy->ledger = packet->ledger;
	copy->copy = true;
	copy->due = arrival(run, from, d, true);
	copy->order = l->order++;
	heap_push(l, copy);
	l->stats.duplicated++;
	snprintf(text + used, size - used, " and %.6f", (double)copy->due / NS_PER_S);
}

/**
 * link_send() - a host sent a packet
 * @run: the run
 * @from: the host
 * @vnet: offload header
 * @data: from the IP header on
 * @len: bytes
 */
void link_send(struct run *run, enum host from, const struct virtio_net_hdr *vnet, const unsigned char *data,
	       size_t len)
{
	struct link *l = &run->link;
	struct packet_view v;
	struct ledger *ledger;
	struct packet *packet;
	struct dice d;
	enum fate fate;
	bool too_big;
	char text[96];

	if (!packet_parse(data, len, &v) || v.ipv6 != run->p.ipv6 || !world_is_between(&run->p, from, data)) {
		l->stats.stray++;
		return;
	}
	run->load.progress++;
	ledger = v.protocol == IPPROTO_TCP ? workload_ledger(run, from, &v) : NULL;
	roll(&l->way[from].rng, &run->p.flow[from], &d);
	too_big = run->p.link_mtu && v.dont_fragment && packet_size(&v, vnet, len) > run->p.link_mtu;
	fate = decide(run, from, &d, len, too_big);
	if (fate == FATE_PASS && d.corrupt && vnet->gso_type != VIRTIO_NET_HDR_GSO_NONE)
		fate = FATE_BROKEN;
	snprintf(text, sizeof(text), "%s", fate_names[fate]);
	account(run, from, ledger, &v, len, fate);
	l->way[from].number++;
	if (fate == FATE_PASS) {
		packet = packet_new(vnet, data, len);
		packet->ledger = ledger;
		carry(run, from, packet, &d, text, sizeof(text));
	} else {
		if (fate != FATE_TOO_BIG)
			ledger_destroyed(run, ledger);
		if (fate == FATE_TOO_BIG)
			answer(run, from, ledger, data, len, run->p.link_mtu);
		else if (fate == FATE_CUT && cut_now(run, from)->icmp && may_tell(&v))
			answer(run, from, ledger, data, len, 0);
	}
	pcap_packet(&run->pcap, from, true, run->start + run->now, data, len, text);
	describe(run, from, ledger, &v, len, text);
}

static void arrive(struct run *run, struct packet *packet)
{
	struct link *l = &run->link;
	struct link_way *way = &l->way[!packet->to];
	int error = world_write(run->world, packet->to, packet->ipv6, &packet->vnet, packet->data, packet->len);

	pcap_packet(&run->pcap, packet->to, false, run->start + run->now, packet->data, packet->len,
		    packet->damaged ? "corrupted" : packet->copy ? "duplicate" : NULL);
	if (packet->damaged)
		return;
	if (error)
		run_fail(run, "a host does not take a packet: %s", strerror(-error));
	if (packet->ledger) {
		learn_window(packet->ledger, packet->to, packet);
		ledger_delivered(run, packet->ledger, packet->to);
	}
	if (packet->number == ~0ULL || packet->copy)
		return;
	if (packet->number >= way->delivered) {
		way->delivered = packet->number;
		return;
	}
	l->stats.reordered++;
	if (packet->ledger)
		packet->ledger->last_fault = run->now;
}

/**
 * link_deliver() - hands over all packets that are due
 * @run: the run
 */
void link_deliver(struct run *run)
{
	struct link *l = &run->link;

	while (l->packets && l->heap[0]->due <= run->now) {
		struct packet *packet = heap_pop(l);

		run->load.progress++;
		arrive(run, packet);
		free(packet);
	}
}

/**
 * link_due() - when something is to be delivered next
 * @l: link
 *
 * Return: ns since the run's start, or NEVER.
 */
__u64 link_due(const struct link *l)
{
	return l->packets ? l->heap[0]->due : NEVER;
}
