// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which the module comes up, and its exact reverse. Nothing else.
 *
 * Objects first (protocols, slabs, tables), then the network namespaces, then the doors: the socket families, and last
 * the slot of IP through which segments come in.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <xtcp/version.h>

#include "xtcp.h"

static int __init xtcp_main_init(void)
{
	const char *what;
	int err;

	what = "parts of sockets";
	err = xtcp_part_init();
	if (err)
		goto fail;
	what = "protocols";
	err = xtcp_family_protos_register();
	if (err)
		goto fail_part;
	what = "ports";
	err = xtcp_port_init();
	if (err)
		goto fail_protos;
	what = "connection requests";
	err = xtcp_req_init();
	if (err)
		goto fail_port;
	what = "TIME-WAIT";
	err = xtcp_timewait_init();
	if (err)
		goto fail_req;
	what = "lookup tables";
	err = xtcp_demux_init();
	if (err)
		goto fail_timewait;
	xtcp_output_tsq_init();
	what = "congestion control";
	err = xtcp_cong_register();
	if (err)
		goto fail_tsq;
	what = "network namespaces";
	err = xtcp_net_register();
	if (err)
		goto fail_cong;
	what = "control plane";
	err = xtcp_ctl_init();
	if (err)
		goto fail_net;
	what = "socket family";
	err = xtcp_family_register();
	if (err)
		goto fail_ctl;
	what = "handler of IP protocol 6";
	err = xtcp_slot_register();
	if (err)
		goto fail_family;
	return 0;

fail_family:
	xtcp_family_unregister();
fail_ctl:
	xtcp_ctl_exit();
fail_net:
	xtcp_net_unregister();
fail_cong:
	xtcp_cong_unregister();
fail_tsq:
	xtcp_output_tsq_exit();
	xtcp_demux_exit();
fail_timewait:
	xtcp_timewait_exit();
fail_req:
	xtcp_req_exit();
fail_port:
	xtcp_port_exit();
fail_protos:
	xtcp_family_protos_unregister();
fail_part:
	xtcp_part_exit();
fail:
	pr_err("not loaded: registering the %s failed: %pe\n", what, ERR_PTR(err));
	return err;
}

static void __exit xtcp_main_exit(void)
{
	xtcp_slot_unregister();
	xtcp_family_unregister();
	xtcp_ctl_exit();
	xtcp_net_unregister();
	xtcp_cong_unregister();
	xtcp_output_tsq_exit();
	xtcp_demux_exit();
	xtcp_timewait_exit();
	xtcp_req_exit();
	xtcp_port_exit();
	xtcp_family_protos_unregister();
	xtcp_part_exit();
}

module_init(xtcp_main_init);
module_exit(xtcp_main_exit);

MODULE_DESCRIPTION("XTCP, a second TCP");
MODULE_VERSION(XTCP_VERSION);
MODULE_LICENSE("GPL");
/*
 * What has the kernel load the module: a socket of the family, one of inet's with the protocol (PF_INET 2, PF_INET6 10,
 * SOCK_STREAM 1; the macro wants digits). cong/xtcp.c has that of the congestion control, ctl/genl.c that of
 * the netlink family.
 */
MODULE_ALIAS_NETPROTO(AF_XTCP);
MODULE_ALIAS_NET_PF_PROTO_TYPE(2, IPPROTO_XTCP, 1);
MODULE_ALIAS_NET_PF_PROTO_TYPE(10, IPPROTO_XTCP, 1);
