// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/xtcp/: what was counted in this network namespace. snmp has the two-line format of /proc/net/netstat that
 * nstat and its like read; sockstat has one number a line. Reading takes no lock that the data path takes.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "xtcp.h"

#define XTCP_PROC_NAME(name, ...)	" " #name
static const char xtcp_proc_names[] = "Xtcp:" XTCP_MIB_LIST(XTCP_PROC_NAME) XTCP_DROP_LIST(XTCP_PROC_NAME) "\n";
#undef XTCP_PROC_NAME

static int xtcp_proc_snmp_show(struct seq_file *seq, void *v)
{
	struct xtcp_mib *sum;
	unsigned int i;

	sum = kmalloc(sizeof(*sum), GFP_KERNEL);
	if (!sum)
		return -ENOMEM;
	xtcp_mib_sum(seq_file_single_net(seq), sum);

	seq_puts(seq, xtcp_proc_names);
	seq_puts(seq, "Xtcp:");
	for (i = 0; i < XTCP_MIB_EVENTS; i++)
		seq_printf(seq, " %llu", sum->events[i]);
	for (i = 0; i < XTCP_DROPS; i++)
		seq_printf(seq, " %llu", sum->drops[i]);
	seq_putc(seq, '\n');
	kfree(sum);
	return 0;
}

static int xtcp_proc_sockstat_show(struct seq_file *seq, void *v)
{
	const struct xtcp_net *xn = xtcp_net(seq_file_single_net(seq));

	seq_printf(seq, "sockets %d\n", atomic_read(&xn->sockets));
	seq_printf(seq, "requests %d\n", atomic_read(&xn->requests));
	seq_printf(seq, "timewait %u\n", READ_ONCE(xn->tw_count));
	return 0;
}

/** xtcp_proc_net_init() - make the directory and its files; -ENOMEM */
int xtcp_proc_net_init(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	xn->proc = proc_net_mkdir(net, "xtcp", net->proc_net);
	if (!xn->proc)
		return -ENOMEM;
	if (!proc_create_net_single("snmp", 0444, xn->proc, xtcp_proc_snmp_show, NULL) ||
	    !proc_create_net_single("sockstat", 0444, xn->proc, xtcp_proc_sockstat_show, NULL)) {
		xtcp_proc_net_exit(net);
		return -ENOMEM;
	}
	return 0;
}

/** xtcp_proc_net_exit() - the reverse */
void xtcp_proc_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	proc_remove(xn->proc);
	xn->proc = NULL;
}
