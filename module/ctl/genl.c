// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink family "xtcp": registration, and the counters. Operations on connections are conn.c's, policies
 * policy.c's, records of closed connections closed.c's. Names, numbers and attribute policies are made from
 * Documentation/netlink/specs/xtcp.yaml (ctl/netlink.c). Reading is everybody's, within the own network namespace;
 * changing needs CAP_NET_ADMIN over it (GENL_UNS_ADMIN_PERM). Handlers run in process context, several at once.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "xtcp.h"
#include "ctl/ctl.h"

/** xtcp_genl_counter_get_start() - XTCP_CMD_COUNTER_GET begins: the sums of this moment are what the dump tells */
int xtcp_genl_counter_get_start(struct netlink_callback *cb)
{
	struct xtcp_mib *sum = kmalloc(sizeof(*sum), GFP_KERNEL);

	if (!sum)
		return -ENOMEM;
	xtcp_mib_sum(sock_net(cb->skb->sk), sum);
	cb->args[0] = (long)sum;
	cb->args[1] = 0;
	return 0;
}

/** xtcp_genl_counter_get_dump() - one message per counter */
int xtcp_genl_counter_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct xtcp_mib *sum = (void *)cb->args[0];
	void *hdr;

	for (; cb->args[1] < XTCP_MIB_EVENTS + XTCP_DROPS; cb->args[1]++) {
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &xtcp_genl_family, NLM_F_MULTI,
				  XTCP_CMD_COUNTER_GET);
		if (!hdr)
			break;
		if (nla_put_string(skb, XTCP_A_COUNTER_NAME, xtcp_mib_name(cb->args[1])) ||
		    nla_put_u64_64bit(skb, XTCP_A_COUNTER_VALUE, xtcp_mib_value(sum, cb->args[1]),
				      XTCP_A_COUNTER_PAD)) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
	}
	return skb->len;
}

/** xtcp_genl_counter_get_done() - the dump is over, or was given up */
int xtcp_genl_counter_get_done(struct netlink_callback *cb)
{
	kfree((void *)cb->args[0]);
	return 0;
}

/** xtcp_ctl_net_init() - the control plane's part of a network namespace; -ENOMEM */
int xtcp_ctl_net_init(struct net *net)
{
	struct xtcp_ctl *ctl = kzalloc(sizeof(*ctl), GFP_KERNEL);

	if (!ctl)
		return -ENOMEM;
	mutex_init(&ctl->policy_mutex);
	xtcp_closed_net_init(ctl);
	spin_lock_init(&ctl->event_lock);
	xtcp_net(net)->ctl = ctl;
	return 0;
}

/** xtcp_ctl_net_exit() - the reverse; no socket of @net is left */
void xtcp_ctl_net_exit(struct net *net)
{
	struct xtcp_net *xn = xtcp_net(net);

	xtcp_policy_net_exit(net);
	xtcp_closed_net_exit(xn->ctl);
	kfree(xn->ctl);
	xn->ctl = NULL;
}

/** xtcp_ctl_init() - module load, when the namespaces are up; -ENOMEM, -EEXIST */
int xtcp_ctl_init(void)
{
	int err;

	err = genl_register_family(&xtcp_genl_family);
	if (err)
		return err;
	err = xtcp_sysfs_init();
	if (err)
		genl_unregister_family(&xtcp_genl_family);
	return err;
}

/** xtcp_ctl_exit() - the reverse */
void xtcp_ctl_exit(void)
{
	xtcp_sysfs_exit();
	genl_unregister_family(&xtcp_genl_family);
}

/* A question about the family, xtcp(8)'s for one, has the kernel load the module. */
MODULE_ALIAS_GENL_FAMILY(XTCP_FAMILY_NAME);
