/* SPDX-License-Identifier: GPL-2.0 */
/* Made by scripts/netlink from Documentation/netlink/specs/xtcp.yaml. Do not edit. */
#ifndef XTCP_CTL_NETLINK_H
#define XTCP_CTL_NETLINK_H

#include <net/genetlink.h>
#include <net/netlink.h>

#include <uapi/linux/xtcp_netlink.h>

extern const struct nla_policy xtcp_filter_policy[XTCP_A_FILTER_MAX + 1];
extern const struct nla_policy xtcp_param_policy[XTCP_A_PARAM_MAX + 1];
extern const struct nla_policy xtcp_policy_policy[XTCP_A_POLICY_MAX + 1];

int xtcp_genl_conn_get_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_conn_get_start(struct netlink_callback *cb);
int xtcp_genl_conn_get_dump(struct sk_buff *skb, struct netlink_callback *cb);
int xtcp_genl_conn_get_done(struct netlink_callback *cb);
int xtcp_genl_conn_set_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_conn_abort_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_timewait_flush_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_counter_get_start(struct netlink_callback *cb);
int xtcp_genl_counter_get_dump(struct sk_buff *skb, struct netlink_callback *cb);
int xtcp_genl_counter_get_done(struct netlink_callback *cb);
int xtcp_genl_closed_get_start(struct netlink_callback *cb);
int xtcp_genl_closed_get_dump(struct sk_buff *skb, struct netlink_callback *cb);
int xtcp_genl_closed_get_done(struct netlink_callback *cb);
int xtcp_genl_policy_get_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_policy_get_start(struct netlink_callback *cb);
int xtcp_genl_policy_get_dump(struct sk_buff *skb, struct netlink_callback *cb);
int xtcp_genl_policy_get_done(struct netlink_callback *cb);
int xtcp_genl_policy_add_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_policy_del_do(struct sk_buff *skb, struct genl_info *info);
int xtcp_genl_policy_replace_do(struct sk_buff *skb, struct genl_info *info);

enum {
	XTCP_GENL_GROUP_EVENTS,
};

extern struct genl_family xtcp_genl_family;

#endif
