// SPDX-License-Identifier: GPL-2.0
/*
 * net.xtcp: only what the kernel's TCP has no knob for. Everything else is read from net.ipv4.tcp_* where it is used.
 * One set per network namespace.
 */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "xtcp.h"

static unsigned int xtcp_sysctl_ms_max = XTCP_TIME_WAIT_MS_MAX;

static const struct xtcp_knobs xtcp_sysctl_defaults = {
	.init_cwnd = TCP_INIT_CWND,
	.rto_min_us = XTCP_RTO_MIN_US,
	.rto_max_ms = XTCP_RTO_MAX_US / USEC_PER_MSEC,
	.delack_max_ms = XTCP_DELACK_MAX_US / USEC_PER_MSEC,
	.closed_max = 256,
	.event_rate = 1000,
	.stall_retries = 3,
	.policy_max = 16384,
};

/* An algorithm must exist to be chosen, and is borrowed now: who opens a socket later may not be allowed to. */
static int xtcp_sysctl_congestion(XTCP_COMPAT_CTL_TABLE *table, int write, void *buffer, size_t *lenp, loff_t *ppos)
{
	struct xtcp_net *xn = table->extra1;
	char name[TCP_CA_NAME_MAX];
	struct ctl_table tbl = { .data = name, .maxlen = sizeof(name) };
	int err;

	strscpy(name, xn->knobs.congestion_control, sizeof(name));
	err = proc_dostring(&tbl, write, buffer, lenp, ppos);
	if (err || !write)
		return err;
	if (name[0]) {
		const struct tcp_congestion_ops *ops = xtcp_cong_find(table->extra2, name);

		if (IS_ERR(ops))
			return PTR_ERR(ops);
	}
	strscpy(xn->knobs.congestion_control, name, sizeof(name));
	return 0;
}

#define XTCP_SYSCTL_KNOB(name, low, high) {							\
	.procname = #name,									\
	.data = (void *)offsetof(struct xtcp_net, knobs.name),					\
	.maxlen = sizeof(unsigned int),								\
	.mode = 0644,										\
	.proc_handler = proc_douintvec_minmax,							\
	.extra1 = &(unsigned int){ low },							\
	.extra2 = &(unsigned int){ high },							\
}

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
	{
		/* the algorithm of new sockets; empty: net.ipv4.tcp_congestion_control */
		.procname = "congestion_control",
		.data = (void *)offsetof(struct xtcp_net, knobs.congestion_control),
		.maxlen = TCP_CA_NAME_MAX,
		.mode = 0644,
		.proc_handler = xtcp_sysctl_congestion,
	},
	XTCP_SYSCTL_KNOB(init_cwnd, 1, 1000),
	XTCP_SYSCTL_KNOB(rto_min_us, 1000, 120000000),
	XTCP_SYSCTL_KNOB(rto_max_ms, 1000, 120000),
	XTCP_SYSCTL_KNOB(delack_max_ms, 1, 200),
	XTCP_SYSCTL_KNOB(quickack, 0, 1),
	XTCP_SYSCTL_KNOB(closed_max, 0, 65536),
	XTCP_SYSCTL_KNOB(event_rate, 0, 1000000),
	XTCP_SYSCTL_KNOB(stall_retries, 1, 255),
	XTCP_SYSCTL_KNOB(listen_alarm_percent, 0, 100),
	XTCP_SYSCTL_KNOB(policy_max, 0, 65536),
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

	xn->knobs = xtcp_sysctl_defaults;
	if (!net_eq(net, &init_net)) {
		/* a container begins with what the host has set */
		xn->time_wait_ms = READ_ONCE(xtcp_net(&init_net)->time_wait_ms);
		xn->knobs = xtcp_net(&init_net)->knobs;
	}
	table = kmemdup(xtcp_sysctl_table, sizeof(xtcp_sysctl_table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	for (i = 0; i < XTCP_SYSCTL_ENTRIES; i++)
		table[i].data += (unsigned long)xn;
	for (i = 0; i < XTCP_SYSCTL_ENTRIES; i++) {
		if (table[i].proc_handler != xtcp_sysctl_congestion)
			continue;
		table[i].extra1 = xn;
		table[i].extra2 = net;
	}
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
