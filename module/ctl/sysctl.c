// SPDX-License-Identifier: GPL-2.0
/*
 * net.xtcp: only what the kernel's TCP has no knob for. Everything else is read from net.ipv4.tcp_* where it is used.
 * One set per network namespace.
 */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "xtcp.h"

static unsigned int xtcp_sysctl_ms_max = XTCP_TIME_WAIT_MS_MAX;

/* The entries of one namespace; .data is an offset into struct xtcp_net until it is copied. The last one ends it. */
static const struct ctl_table xtcp_sysctl_table[] = {
	{
		/* length of TIME-WAIT, ms; 0: none (RFC 9293 3.6.1 wants two MSL) */
		.procname = "time_wait_ms",
		.data = (void *)offsetof(struct xtcp_net, time_wait_ms),
		.maxlen = sizeof(unsigned int),
		.mode = 0644,
		.proc_handler = proc_douintvec_minmax,
		.extra1 = SYSCTL_ZERO,
		.extra2 = &xtcp_sysctl_ms_max,
	},
	{
		/* how many TIME-WAITs there may be; more are closed at once */
		.procname = "time_wait_max",
		.data = (void *)offsetof(struct xtcp_net, time_wait_max),
		.maxlen = sizeof(unsigned int),
		.mode = 0644,
		.proc_handler = proc_douintvec,
	},
	{}
};

#define XTCP_SYSCTL_ENTRIES	(ARRAY_SIZE(xtcp_sysctl_table) - 1)

/** xtcp_sysctl_net_init() - set the defaults and show them under net.xtcp; -ENOMEM */
int xtcp_sysctl_net_init(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	struct ctl_table *table;
	size_t i;

	xn->time_wait_ms = TCP_TIMEWAIT_LEN / HZ * MSEC_PER_SEC;
	xn->time_wait_max = READ_ONCE(net->ipv4.tcp_death_row.sysctl_max_tw_buckets);

	table = kmemdup(xtcp_sysctl_table, sizeof(xtcp_sysctl_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < XTCP_SYSCTL_ENTRIES; i++)
		table[i].data += (unsigned long)xn;
	xn->sysctl = xtcp_compat_register_sysctl(net, "net/xtcp", table, XTCP_SYSCTL_ENTRIES);
	if (!xn->sysctl) {
		kfree(table);
		return -ENOMEM;
	}
	return 0;
}

/** xtcp_sysctl_net_exit() - take net.xtcp away */
void xtcp_sysctl_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	const struct ctl_table *table = xn->sysctl->ctl_table_arg;

	unregister_net_sysctl_table(xn->sysctl);
	xn->sysctl = NULL;
	kfree(table);
}
