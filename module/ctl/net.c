// SPDX-License-Identifier: GPL-2.0
/*
 * XTCP in one network namespace: brings its parts up in order and takes them down in reverse. No user's socket is left
 * when a namespace exits (each holds a reference on it); requests, TIME-WAITs, port stand-ins, borrowed algorithms and
 * control sockets hold none and are ended here.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <net/inet_common.h>

#include "xtcp.h"

unsigned int xtcp_net_id __read_mostly;

static void xtcp_net_init_fields(struct xtcp_net *xn)
{
	unsigned int i;

	spin_lock_init(&xn->connect_lock);
	spin_lock_init(&xn->reply_lock);
	spin_lock_init(&xn->tw_lock);
	spin_lock_init(&xn->hold_lock);
	for (i = 0; i < ARRAY_SIZE(xn->holds); i++)
		INIT_HLIST_HEAD(&xn->holds[i]);
	INIT_LIST_HEAD(&xn->cong);
	spin_lock_init(&xn->fastopen_lock);
	spin_lock_init(&xn->cong_lock);
	atomic_set(&xn->sockets, 0);
	atomic_set(&xn->requests, 0);
}

static void xtcp_net_ctl_destroy(struct xtcp_net *xn)
{
	inet_ctl_sock_destroy(xn->ctl6);
	inet_ctl_sock_destroy(xn->ctl4);
	xn->ctl6 = NULL;
	xn->ctl4 = NULL;
}

/* The sockets in whose name segments leave that belong to no connection. They receive nothing. */
static int xtcp_net_ctl_create(struct net *net, struct xtcp_net *xn)
{
	int err;

	err = inet_ctl_sock_create(&xn->ctl4, PF_INET, SOCK_RAW, IPPROTO_TCP, net);
	if (err)
		return err;
	/* a reply needs no path MTU, and must not be dropped for one */
	inet_sk(xn->ctl4)->pmtudisc = IP_PMTUDISC_DO;
	sock_set_flag(xn->ctl4, SOCK_USE_WRITE_QUEUE);

	if (!ipv6_mod_enabled())
		return 0;
	err = inet_ctl_sock_create(&xn->ctl6, PF_INET6, SOCK_RAW, IPPROTO_TCP, net);
	if (err) {
		xn->ctl6 = NULL;
		xtcp_net_ctl_destroy(xn);
	}
	return err;
}

static int __net_init xtcp_net_init(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);
	int err;

	xtcp_net_init_fields(xn);
	err = xtcp_mib_net_init(net);
	if (err)
		return err;
	err = xtcp_ctl_net_init(net);
	if (err)
		goto fail_mib;
	err = xtcp_port_net_init(net);
	if (err)
		goto fail_policy;
	err = xtcp_cong_net_init(net);
	if (err)
		goto fail_port;
	err = xtcp_timewait_net_init(net);
	if (err)
		goto fail_cong;
	err = xtcp_net_ctl_create(net, xn);
	if (err)
		goto fail_timewait;
	err = xtcp_sysctl_net_init(net);
	if (err)
		goto fail_ctl;
	err = xtcp_params_net_init(net);
	if (err)
		goto fail_sysctl;
	err = xtcp_proc_net_init(net);
	if (err)
		goto fail_params;
	return 0;

fail_params:
	xtcp_params_net_exit(net);
fail_sysctl:
	xtcp_sysctl_net_exit(net);
fail_ctl:
	xtcp_net_ctl_destroy(xn);
fail_timewait:
	xtcp_timewait_net_exit(net);
fail_cong:
	xtcp_cong_net_exit(net);
fail_port:
	xtcp_port_net_exit(net);
fail_policy:
	xtcp_ctl_net_exit(net);
fail_mib:
	xtcp_mib_net_exit(net);
	return err;
}

static void __net_exit xtcp_net_exit(struct net *net)
{
	xtcp_proc_net_exit(net);
	xtcp_params_net_exit(net);
	xtcp_sysctl_net_exit(net);
	xtcp_demux_net_exit(net);
	xtcp_timewait_net_exit(net);
	xtcp_fastopen_net_exit(net);
	xtcp_net_ctl_destroy(xtcp_net(net));
	xtcp_cong_net_exit(net);
	xtcp_port_net_exit(net);
	xtcp_ctl_net_exit(net);
	xtcp_mib_net_exit(net);
}

static struct pernet_operations xtcp_net_ops = {
	.init = xtcp_net_init,
	.exit = xtcp_net_exit,
	.id = &xtcp_net_id,
	.size = sizeof(struct xtcp_net),
};

/** xtcp_net_register() - bring XTCP up in every network namespace, those to come included */
int xtcp_net_register(void)
{
	return register_pernet_subsys(&xtcp_net_ops);
}

/** xtcp_net_unregister() - the reverse; no socket may be left */
void xtcp_net_unregister(void)
{
	unregister_pernet_subsys(&xtcp_net_ops);
}
