// SPDX-License-Identifier: GPL-2.0
/*
 * Counting: per CPU, per network namespace, without a lock. Every file counts here; proc.c reads the sums.
 */
#include <linux/percpu.h>

#include "xtcp.h"

/* indexed by enum xtcp_drop, which is made from the same list */
static const enum skb_drop_reason xtcp_mib_reasons[] = {
#define XTCP_MIB_REASON(name, reason) reason,
	XTCP_DROP_LIST(XTCP_MIB_REASON)
#undef XTCP_MIB_REASON
};

static_assert(ARRAY_SIZE(xtcp_mib_reasons) == XTCP_DROPS);

/** xtcp_mib_add() - count @n events; any context */
void xtcp_mib_add(struct net *net, enum xtcp_mib_item item, unsigned int n)
{
	this_cpu_add(xtcp_net(net)->mib->events[item], n);
}

/** xtcp_mib_count_drop() - count a drop of a buffer that is not ours to free; any context */
void xtcp_mib_count_drop(struct net *net, enum xtcp_drop why)
{
	this_cpu_inc(xtcp_net(net)->mib->drops[why]);
}

/** xtcp_mib_drop() - free a received segment, with one counter and one reason that drop monitors see; any context */
void xtcp_mib_drop(struct net *net, struct sk_buff *skb, enum xtcp_drop why)
{
	xtcp_mib_count_drop(net, why);
	kfree_skb_reason(skb, xtcp_mib_reasons[why]);
}

/** xtcp_mib_sum() - add up all CPUs' counters of @net into @sum; the counters go on meanwhile */
void xtcp_mib_sum(const struct net *net, struct xtcp_mib *sum)
{
	const struct xtcp_net *xn = xtcp_net(net);
	unsigned int i;
	int cpu;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct xtcp_mib *mib = per_cpu_ptr(xn->mib, cpu);

		for (i = 0; i < XTCP_MIB_EVENTS; i++)
			sum->events[i] += READ_ONCE(mib->events[i]);
		for (i = 0; i < XTCP_DROPS; i++)
			sum->drops[i] += READ_ONCE(mib->drops[i]);
	}
}

/** xtcp_mib_name() - name of an event, or behind those of a drop: item - XTCP_MIB_EVENTS is its enum xtcp_drop */
const char *xtcp_mib_name(unsigned int item)
{
#define XTCP_MIB_NAME(name, ...) #name,
	static const char *const names[] = { XTCP_MIB_LIST(XTCP_MIB_NAME) XTCP_DROP_LIST(XTCP_MIB_NAME) };
#undef XTCP_MIB_NAME

	return names[item];
}

/** xtcp_mib_value() - the same item of a sum, or of one CPU's counters while they go on */
u64 xtcp_mib_value(const struct xtcp_mib *sum, unsigned int item)
{
	return item < XTCP_MIB_EVENTS ? READ_ONCE(sum->events[item]) : READ_ONCE(sum->drops[item - XTCP_MIB_EVENTS]);
}

/** xtcp_mib_read() - the sum of one item of @net; 0 while the namespace is half set up */
u64 xtcp_mib_read(const struct net *net, unsigned int item)
{
	const struct xtcp_net *xn = xtcp_net(net);
	u64 sum = 0;
	int cpu;

	if (!READ_ONCE(xn->mib))
		return 0;
	for_each_possible_cpu(cpu)
		sum += xtcp_mib_value(per_cpu_ptr(xn->mib, cpu), item);
	return sum;
}

/** xtcp_mib_net_init() - allocate the counters; -ENOMEM */
int xtcp_mib_net_init(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	xn->mib = alloc_percpu(struct xtcp_mib);
	return xn->mib ? 0 : -ENOMEM;
}

/** xtcp_mib_net_exit() - free them; nothing counts any more */
void xtcp_mib_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	free_percpu(xn->mib);
	xn->mib = NULL;
}
