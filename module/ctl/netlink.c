// SPDX-License-Identifier: GPL-2.0
/* Made by scripts/netlink from Documentation/netlink/specs/xtcp.yaml. Do not edit. */
#include <linux/module.h>

#include "xtcp.h"
#include "ctl/netlink.h"

static struct netlink_range_validation xtcp_range_filter_kinds = {
	.min = 1, .max = 15,
};

static struct netlink_range_validation xtcp_range_filter_states = {
	.min = 0, .max = 8191,
};

static struct netlink_range_validation xtcp_range_filter_local_prefix = {
	.min = 0, .max = 128,
};

static struct netlink_range_validation xtcp_range_filter_remote_prefix = {
	.min = 0, .max = 128,
};

static struct netlink_range_validation xtcp_range_param_init_cwnd = {
	.min = 1, .max = 1000,
};

static struct netlink_range_validation xtcp_range_param_rto_min_us = {
	.min = 1000, .max = 120000000,
};

static struct netlink_range_validation xtcp_range_param_rto_max_ms = {
	.min = 1000, .max = 120000,
};

static struct netlink_range_validation xtcp_range_param_delack_max_ms = {
	.min = 1, .max = 200,
};

static struct netlink_range_validation xtcp_range_param_time_wait_ms = {
	.min = 1, .max = 600000,
};

static struct netlink_range_validation xtcp_range_param_user_timeout_ms = {
	.min = 1, .max = 2147483647,
};

static struct netlink_range_validation xtcp_range_param_keep_idle_s = {
	.min = 1, .max = 32767,
};

static struct netlink_range_validation xtcp_range_param_keep_interval_s = {
	.min = 1, .max = 32767,
};

static struct netlink_range_validation xtcp_range_param_keep_count = {
	.min = 1, .max = 127,
};

static struct netlink_range_validation xtcp_range_param_pacing_rate = {
	.min = 1, .max = U64_MAX,
};

static struct netlink_range_validation xtcp_range_param_notsent_lowat = {
	.min = 1, .max = U32_MAX,
};

static struct netlink_range_validation xtcp_range_param_quickack = {
	.min = 0, .max = 1,
};

static struct netlink_range_validation xtcp_range_policy_id = {
	.min = 1, .max = U32_MAX,
};

static struct netlink_range_validation xtcp_range_policy_direction = {
	.min = 0, .max = 2,
};

static struct netlink_range_validation xtcp_range_policy_remote_prefix = {
	.min = 0, .max = 128,
};

static struct netlink_range_validation xtcp_range_policy_local_prefix = {
	.min = 0, .max = 128,
};

static struct netlink_range_validation xtcp_range_policy_remote_port = {
	.min = 1, .max = U16_MAX,
};

static struct netlink_range_validation xtcp_range_policy_local_port = {
	.min = 1, .max = U16_MAX,
};

static struct netlink_range_validation xtcp_range_policy_cgroup = {
	.min = 1, .max = U64_MAX,
};

const struct nla_policy xtcp_filter_policy[XTCP_A_FILTER_MAX + 1] = {
	[XTCP_A_FILTER_KINDS] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_filter_kinds),
	[XTCP_A_FILTER_STATES] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_filter_states),
	[XTCP_A_FILTER_FAMILY] = { .type = NLA_U16 },
	[XTCP_A_FILTER_LOCAL] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_FILTER_LOCAL_PREFIX] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_filter_local_prefix),
	[XTCP_A_FILTER_REMOTE] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_FILTER_REMOTE_PREFIX] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_filter_remote_prefix),
	[XTCP_A_FILTER_LOCAL_PORT] = { .type = NLA_U16 },
	[XTCP_A_FILTER_REMOTE_PORT] = { .type = NLA_U16 },
	[XTCP_A_FILTER_UID] = { .type = NLA_U32 },
	[XTCP_A_FILTER_CGROUP] = { .type = NLA_U64 },
	[XTCP_A_FILTER_CONGESTION] = { .type = NLA_NUL_STRING, .len = 15 },
	[XTCP_A_FILTER_COOKIE] = { .type = NLA_U64 },
	[XTCP_A_FILTER_IFINDEX] = { .type = NLA_U32 },
};

const struct nla_policy xtcp_param_policy[XTCP_A_PARAM_MAX + 1] = {
	[XTCP_A_PARAM_CONGESTION] = { .type = NLA_NUL_STRING, .len = 15 },
	[XTCP_A_PARAM_INIT_CWND] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_init_cwnd),
	[XTCP_A_PARAM_RTO_MIN_US] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_rto_min_us),
	[XTCP_A_PARAM_RTO_MAX_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_rto_max_ms),
	[XTCP_A_PARAM_DELACK_MAX_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_delack_max_ms),
	[XTCP_A_PARAM_TIME_WAIT_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_time_wait_ms),
	[XTCP_A_PARAM_USER_TIMEOUT_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_user_timeout_ms),
	[XTCP_A_PARAM_KEEP_IDLE_S] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_keep_idle_s),
	[XTCP_A_PARAM_KEEP_INTERVAL_S] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_keep_interval_s),
	[XTCP_A_PARAM_KEEP_COUNT] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_keep_count),
	[XTCP_A_PARAM_PACING_RATE] = NLA_POLICY_FULL_RANGE(NLA_U64, &xtcp_range_param_pacing_rate),
	[XTCP_A_PARAM_NOTSENT_LOWAT] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_param_notsent_lowat),
	[XTCP_A_PARAM_QUICKACK] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_param_quickack),
};

const struct nla_policy xtcp_policy_policy[XTCP_A_POLICY_MAX + 1] = {
	[XTCP_A_POLICY_DIRECTION] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_policy_direction),
	[XTCP_A_POLICY_REMOTE] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_POLICY_REMOTE_PREFIX] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_policy_remote_prefix),
	[XTCP_A_POLICY_LOCAL] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_POLICY_LOCAL_PREFIX] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_policy_local_prefix),
	[XTCP_A_POLICY_REMOTE_PORT] = NLA_POLICY_FULL_RANGE(NLA_U16, &xtcp_range_policy_remote_port),
	[XTCP_A_POLICY_LOCAL_PORT] = NLA_POLICY_FULL_RANGE(NLA_U16, &xtcp_range_policy_local_port),
	[XTCP_A_POLICY_UID] = { .type = NLA_U32 },
	[XTCP_A_POLICY_CGROUP] = NLA_POLICY_FULL_RANGE(NLA_U64, &xtcp_range_policy_cgroup),
	[XTCP_A_POLICY_PARAM] = NLA_POLICY_NESTED(xtcp_param_policy),
};

static const struct nla_policy xtcp_op_conn_get_policy[12] = {
	[XTCP_A_CONN_FILTER] = NLA_POLICY_NESTED(xtcp_filter_policy),
	[XTCP_A_CONN_KIND] = { .type = NLA_U32 },
	[XTCP_A_CONN_LOCAL] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_CONN_REMOTE] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_CONN_LOCAL_PORT] = { .type = NLA_U16 },
	[XTCP_A_CONN_REMOTE_PORT] = { .type = NLA_U16 },
	[XTCP_A_CONN_COOKIE] = { .type = NLA_U64 },
	[XTCP_A_CONN_IFINDEX] = { .type = NLA_U32 },
};

static const struct nla_policy xtcp_op_conn_set_policy[25] = {
	[XTCP_A_CONN_COOKIE] = { .type = NLA_U64 },
	[XTCP_A_CONN_PARAM] = NLA_POLICY_NESTED(xtcp_param_policy),
};

static const struct nla_policy xtcp_op_conn_abort_policy[11] = {
	[XTCP_A_CONN_FILTER] = NLA_POLICY_NESTED(xtcp_filter_policy),
	[XTCP_A_CONN_COOKIE] = { .type = NLA_U64 },
};

static const struct nla_policy xtcp_op_timewait_flush_policy[3] = {
	[XTCP_A_CONN_FILTER] = NLA_POLICY_NESTED(xtcp_filter_policy),
};

static const struct nla_policy xtcp_op_closed_get_policy[30] = {
	[XTCP_A_CLOSED_SINCE] = { .type = NLA_U64 },
};

static const struct nla_policy xtcp_op_policy_get_policy[3] = {
	[XTCP_A_POLICY_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_policy_id),
};

static const struct nla_policy xtcp_op_policy_add_policy[13] = {
	[XTCP_A_POLICY_DIRECTION] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_policy_direction),
	[XTCP_A_POLICY_REMOTE] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_POLICY_REMOTE_PREFIX] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_policy_remote_prefix),
	[XTCP_A_POLICY_LOCAL] = { .type = NLA_BINARY, .len = 16 },
	[XTCP_A_POLICY_LOCAL_PREFIX] = NLA_POLICY_FULL_RANGE(NLA_U8, &xtcp_range_policy_local_prefix),
	[XTCP_A_POLICY_REMOTE_PORT] = NLA_POLICY_FULL_RANGE(NLA_U16, &xtcp_range_policy_remote_port),
	[XTCP_A_POLICY_LOCAL_PORT] = NLA_POLICY_FULL_RANGE(NLA_U16, &xtcp_range_policy_local_port),
	[XTCP_A_POLICY_UID] = { .type = NLA_U32 },
	[XTCP_A_POLICY_CGROUP] = NLA_POLICY_FULL_RANGE(NLA_U64, &xtcp_range_policy_cgroup),
	[XTCP_A_POLICY_PARAM] = NLA_POLICY_NESTED(xtcp_param_policy),
};

static const struct nla_policy xtcp_op_policy_del_policy[3] = {
	[XTCP_A_POLICY_ID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xtcp_range_policy_id),
};

static const struct nla_policy xtcp_op_policy_replace_policy[15] = {
	[XTCP_A_POLICY_ENTRY] = NLA_POLICY_NESTED(xtcp_policy_policy),
};

static const struct genl_ops xtcp_genl_ops[] = {
	{
		.cmd = XTCP_CMD_CONN_GET,
		.doit = xtcp_genl_conn_get_do,
		.start = xtcp_genl_conn_get_start,
		.dumpit = xtcp_genl_conn_get_dump,
		.done = xtcp_genl_conn_get_done,
		.policy = xtcp_op_conn_get_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_conn_get_policy) - 1,
	},
	{
		.cmd = XTCP_CMD_CONN_SET,
		.doit = xtcp_genl_conn_set_do,
		.policy = xtcp_op_conn_set_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_conn_set_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = XTCP_CMD_CONN_ABORT,
		.doit = xtcp_genl_conn_abort_do,
		.policy = xtcp_op_conn_abort_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_conn_abort_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = XTCP_CMD_TIMEWAIT_FLUSH,
		.doit = xtcp_genl_timewait_flush_do,
		.policy = xtcp_op_timewait_flush_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_timewait_flush_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = XTCP_CMD_COUNTER_GET,
		.start = xtcp_genl_counter_get_start,
		.dumpit = xtcp_genl_counter_get_dump,
		.done = xtcp_genl_counter_get_done,
	},
	{
		.cmd = XTCP_CMD_CLOSED_GET,
		.start = xtcp_genl_closed_get_start,
		.dumpit = xtcp_genl_closed_get_dump,
		.done = xtcp_genl_closed_get_done,
		.policy = xtcp_op_closed_get_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_closed_get_policy) - 1,
	},
	{
		.cmd = XTCP_CMD_POLICY_GET,
		.doit = xtcp_genl_policy_get_do,
		.start = xtcp_genl_policy_get_start,
		.dumpit = xtcp_genl_policy_get_dump,
		.done = xtcp_genl_policy_get_done,
		.policy = xtcp_op_policy_get_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_policy_get_policy) - 1,
	},
	{
		.cmd = XTCP_CMD_POLICY_ADD,
		.doit = xtcp_genl_policy_add_do,
		.policy = xtcp_op_policy_add_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_policy_add_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = XTCP_CMD_POLICY_DEL,
		.doit = xtcp_genl_policy_del_do,
		.policy = xtcp_op_policy_del_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_policy_del_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = XTCP_CMD_POLICY_REPLACE,
		.doit = xtcp_genl_policy_replace_do,
		.policy = xtcp_op_policy_replace_policy,
		.maxattr = ARRAY_SIZE(xtcp_op_policy_replace_policy) - 1,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

static const struct genl_multicast_group xtcp_genl_groups[] = {
	[XTCP_GENL_GROUP_EVENTS] = { .name = XTCP_MCGRP_EVENTS },
};

struct genl_family xtcp_genl_family __ro_after_init = {
	.name = XTCP_FAMILY_NAME,
	.version = XTCP_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = xtcp_genl_ops,
	.n_ops = ARRAY_SIZE(xtcp_genl_ops),
	.mcgrps = xtcp_genl_groups,
	.n_mcgrps = ARRAY_SIZE(xtcp_genl_groups),
};
