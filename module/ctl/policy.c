// SPDX-License-Identifier: GPL-2.0
/*
 * Policies: parameters for connections of programs that set none themselves, chosen by where a connection goes or comes
 * from and by whose it is. Looked up when a connection is opened (conn/connect.c) and when one is accepted
 * (conn/child.c), so they are effective for unmodified programs, in each network namespace its own.
 *
 * How the one for a connection is found is core/match.c's; what is here reads and tells them, and keeps their memory. A
 * table never changes: a writer makes another one that shares the policies, and RCU swaps it in. Writers hold
 * policy_mutex.
 */
#include <linux/log2.h>
#include <linux/slab.h>

#include "xtcp.h"
#include "ctl/ctl.h"

/**
 * struct xtcp_policy - one policy; constant but for @hits
 * @refs: tables it is in
 * @id: its number
 * @rule: what it is for
 * @params: what it sets
 * @hits: connections it was applied to
 */
struct xtcp_policy {
	refcount_t refs;
	u32 id;
	struct xtcp_match_rule rule;
	struct xtcp_params params;
	atomic64_t hits;
};

/**
 * struct xtcp_policy_table - all policies of a namespace
 * @index: finds them
 * @policy: the policies, by number
 */
struct xtcp_policy_table {
	struct xtcp_match_index index;
	struct xtcp_policy *policy[];
};

/* ------------------------------------------------------------ lookup */

/** struct xtcp_policy_cgroups - a socket, and where xtcp_policy_cgroup() is above it */
struct xtcp_policy_cgroups {
	const struct sock *sk;
	struct cgroup *cgrp;
};

/* The cgroup of socket @ctx, and those above it one by one, in the order of @level. */
static u64 xtcp_policy_cgroup(void *ctx, u32 level)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct xtcp_policy_cgroups *c = ctx;

	if (!level)
		c->cgrp = sock_cgroup_ptr((struct sock_cgroup_data *)&c->sk->sk_cgrp_data);
	else if (c->cgrp)
		c->cgrp = cgroup_parent(c->cgrp);
	return c->cgrp ? cgroup_id(c->cgrp) : 0;
#else
	return 0;
#endif
}

/**
 * xtcp_policy_apply() - the policy for a connection that begins, if there is one
 * @sk: addresses and ports are set, nothing was sent; locked, or a child nobody knows
 * @accepted: it is a child of a listener
 *
 * The values of net.xtcp and a policy of a connection before are undone first. What the program has set itself stays.
 * Any context.
 */
void xtcp_policy_apply(struct sock *sk, bool accepted)
{
	struct xtcp_policy_cgroups cgroups = { .sk = sk };
	struct xtcp_ctl *ctl = xtcp_sk_net(sk)->ctl;
	const struct xtcp_match_rule *rule = NULL;
	const struct xtcp_policy_table *t;
	struct xtcp_match_key key;
	struct xtcp_policy *p;
	struct xtcp_tuple tuple;

	xtcp_param_begin(sk, accepted);
	if (!rcu_access_pointer(ctl->policies))
		return;
	xtcp_connect_fill_tuple(sk, &tuple);
	memset(&key, 0, sizeof(key));
	memcpy(key.remote, &tuple.raddr, sizeof(key.remote));
	memcpy(key.local, &tuple.laddr, sizeof(key.local));
	key.remote_port = ntohs(tuple.rport);
	key.local_port = ntohs(tuple.lport);
	key.uid = from_kuid(&init_user_ns, sk->sk_uid);
	key.direction = accepted ? XTCP_DIRECTION_ACCEPT : XTCP_DIRECTION_CONNECT;

	rcu_read_lock();
	t = rcu_dereference(ctl->policies);
	if (t)
		rule = xtcp_match_find(&t->index, &key, xtcp_policy_cgroup, &cgroups);
	if (rule) {
		/* what is counted is not the rule */
		p = container_of((struct xtcp_match_rule *)rule, struct xtcp_policy, rule);
		xtcp_param_apply(sk, &p->params, false);
		xtcp_sk(sk)->policy = p->id;
		atomic64_inc(&p->hits);
	}
	rcu_read_unlock();
	if (rule)
		xtcp_event_policy(sk);
}

/* ------------------------------------------------------------ tables */

static void xtcp_policy_put(struct xtcp_policy *p)
{
	if (refcount_dec_and_test(&p->refs))
		kfree(p);
}

static void xtcp_policy_table_free(struct xtcp_policy_table *t)
{
	u32 i;

	if (!t)
		return;
	for (i = 0; i < t->index.count; i++)
		xtcp_policy_put(t->policy[i]);
	kvfree(t->index.link);
	kvfree(t->index.head);
	kvfree(t);
}

static struct xtcp_policy_table *xtcp_policy_table_new(u32 most)
{
	struct xtcp_policy_table *t = kvzalloc(struct_size(t, policy, most), GFP_KERNEL_ACCOUNT);
	u32 bits = order_base_2(max(2 * most, 8u)), heads = 1u << bits;

	if (!t)
		return NULL;
	t->index.head = kvcalloc(heads, sizeof(*t->index.head), GFP_KERNEL_ACCOUNT);
	t->index.link = kvcalloc(most + 1, sizeof(*t->index.link), GFP_KERNEL_ACCOUNT);
	if (!t->index.head || !t->index.link) {
		xtcp_policy_table_free(t);
		return NULL;
	}
	t->index.bits = bits;
	t->index.seed = get_random_u64();
	return t;
}

/* Add @p, taking a reference. -EEXIST: one with the same match is there; -ENOSPC: too many kinds of match */
static int xtcp_policy_table_add(struct xtcp_policy_table *t, struct xtcp_policy *p)
{
	u32 at = t->index.count;

	switch (xtcp_match_add(&t->index, &p->rule)) {
	case XTCP_MATCH_ADDED:
		break;
	case XTCP_MATCH_TWICE:
		return -EEXIST;
	case XTCP_MATCH_CROWDED:
		return -ENOSPC;
	}
	refcount_inc(&p->refs);
	t->policy[at] = p;
	return 0;
}

static struct xtcp_policy_table *xtcp_policy_current(struct xtcp_ctl *ctl)
{
	return rcu_dereference_protected(ctl->policies, lockdep_is_held(&ctl->policy_mutex));
}

/* Swap @t in and free what was there. Policy mutex held; may sleep. */
static void xtcp_policy_install(struct xtcp_ctl *ctl, struct xtcp_policy_table *t)
{
	struct xtcp_policy_table *old = xtcp_policy_current(ctl);

	rcu_assign_pointer(ctl->policies, t);
	if (old)
		synchronize_rcu();
	xtcp_policy_table_free(old);
}

/* A copy of the current table without policy @skip (0: none), with room for @more. */
static struct xtcp_policy_table *xtcp_policy_copy(struct xtcp_ctl *ctl, u32 skip, u32 more)
{
	struct xtcp_policy_table *old = xtcp_policy_current(ctl), *t;
	u32 i;

	t = xtcp_policy_table_new((old ? old->index.count : 0) + more);
	if (!t)
		return NULL;
	/* what was in a table fits into the next one */
	for (i = 0; old && i < old->index.count; i++)
		if (old->policy[i]->id != skip)
			xtcp_policy_table_add(t, old->policy[i]);
	return t;
}

/** xtcp_policy_net_exit() - the namespace goes; nobody looks anything up any more */
void xtcp_policy_net_exit(struct net *net)
{
	struct xtcp_ctl *ctl = xtcp_net(net)->ctl;

	xtcp_policy_table_free(rcu_dereference_protected(ctl->policies, true));
	RCU_INIT_POINTER(ctl->policies, NULL);
}

/* ------------------------------------------------------------ messages */

static int xtcp_policy_parse_uid(struct nlattr *attr, struct user_namespace *user_ns, u32 *uid,
				 struct netlink_ext_ack *extack)
{
	kuid_t kuid = make_kuid(user_ns, nla_get_u32(attr));

	if (!uid_valid(kuid)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no such user here");
		return -EINVAL;
	}
	*uid = from_kuid(&init_user_ns, kuid);
	return 0;
}

static int xtcp_policy_parse_match(struct nlattr **tb, struct user_namespace *user_ns, struct xtcp_policy *p,
				   struct netlink_ext_ack *extack)
{
	struct xtcp_prefix remote, local;
	struct xtcp_match_key key = {};
	u8 fields = 0;
	int err;

	err = xtcp_fill_prefix(tb[XTCP_A_POLICY_REMOTE], tb[XTCP_A_POLICY_REMOTE_PREFIX], &remote, extack);
	if (!err)
		err = xtcp_fill_prefix(tb[XTCP_A_POLICY_LOCAL], tb[XTCP_A_POLICY_LOCAL_PREFIX], &local, extack);
	if (!err && tb[XTCP_A_POLICY_UID]) {
		fields |= XTCP_SHAPE_UID;
		err = xtcp_policy_parse_uid(tb[XTCP_A_POLICY_UID], user_ns, &key.uid, extack);
	}
	if (err)
		return err;
	if (tb[XTCP_A_POLICY_REMOTE_PORT]) {
		fields |= XTCP_SHAPE_REMOTE_PORT;
		key.remote_port = nla_get_u16(tb[XTCP_A_POLICY_REMOTE_PORT]);
	}
	if (tb[XTCP_A_POLICY_LOCAL_PORT]) {
		fields |= XTCP_SHAPE_LOCAL_PORT;
		key.local_port = nla_get_u16(tb[XTCP_A_POLICY_LOCAL_PORT]);
	}
	if (tb[XTCP_A_POLICY_CGROUP]) {
		fields |= XTCP_SHAPE_CGROUP;
		key.cgroup = nla_get_u64(tb[XTCP_A_POLICY_CGROUP]);
	}
	if (tb[XTCP_A_POLICY_DIRECTION] && nla_get_u32(tb[XTCP_A_POLICY_DIRECTION])) {
		fields |= XTCP_SHAPE_DIRECTION;
		key.direction = nla_get_u32(tb[XTCP_A_POLICY_DIRECTION]);
	}
	xtcp_match_rule_init(&p->rule, &remote, &local, fields, &key);
	return 0;
}

/* A policy from attributes, with one reference. Error pointer: -EINVAL, -ENOMEM, what the parameters say. */
static struct xtcp_policy *xtcp_policy_parse(struct net *net, struct nlattr **tb, struct user_namespace *user_ns,
					     struct netlink_ext_ack *extack)
{
	struct xtcp_policy *p;
	int err;

	if (!tb[XTCP_A_POLICY_PARAM]) {
		NL_SET_ERR_MSG(extack, "a policy needs parameters");
		return ERR_PTR(-EINVAL);
	}
	p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	if (!p)
		return ERR_PTR(-ENOMEM);
	refcount_set(&p->refs, 1);
	err = xtcp_policy_parse_match(tb, user_ns, p, extack);
	if (!err)
		err = xtcp_param_parse(net, tb[XTCP_A_POLICY_PARAM], &p->params, extack);
	if (!err)
		return p;
	kfree(p);
	return ERR_PTR(err);
}

static struct user_namespace *xtcp_policy_user_ns(struct sk_buff *skb)
{
	return sk_user_ns(NETLINK_CB(skb).sk);
}

static int xtcp_policy_answer_id(struct genl_info *info, u32 id)
{
	struct sk_buff *reply = genlmsg_new(nla_total_size(sizeof(u32)), GFP_KERNEL);
	void *hdr;

	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &xtcp_genl_family, 0, XTCP_CMD_POLICY_ADD);
	if (!hdr || nla_put_u32(reply, XTCP_A_POLICY_ID, id)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/** xtcp_genl_policy_add_do() - XTCP_CMD_POLICY_ADD; -EEXIST, -ENOSPC (too many policies or shapes) */
int xtcp_genl_policy_add_do(struct sk_buff *skb, struct genl_info *info)
{
	struct xtcp_net *xn = xtcp_net(genl_info_net(info));
	struct xtcp_policy_table *t, *old;
	struct xtcp_policy *p;
	u32 id;
	int err;

	p = xtcp_policy_parse(genl_info_net(info), info->attrs, xtcp_policy_user_ns(skb), info->extack);
	if (IS_ERR(p))
		return PTR_ERR(p);
	mutex_lock(&xn->ctl->policy_mutex);
	id = ++xn->ctl->policy_id;
	p->id = id;
	old = xtcp_policy_current(xn->ctl);
	err = old && old->index.count >= READ_ONCE(xn->knobs.policy_max) ? -ENOSPC : 0;
	t = err ? NULL : xtcp_policy_copy(xn->ctl, 0, 1);
	if (!err)
		err = t ? xtcp_policy_table_add(t, p) : -ENOMEM;
	if (err)
		xtcp_policy_table_free(t);
	else
		xtcp_policy_install(xn->ctl, t);
	mutex_unlock(&xn->ctl->policy_mutex);
	xtcp_policy_put(p);
	return err ? : xtcp_policy_answer_id(info, id);
}

/** xtcp_genl_policy_del_do() - XTCP_CMD_POLICY_DEL; -EINVAL without a number, -ENOENT */
int xtcp_genl_policy_del_do(struct sk_buff *skb, struct genl_info *info)
{
	struct xtcp_ctl *ctl = xtcp_net(genl_info_net(info))->ctl;
	struct xtcp_policy_table *old, *t;
	int err = 0;

	if (GENL_REQ_ATTR_CHECK(info, XTCP_A_POLICY_ID))
		return -EINVAL;
	mutex_lock(&ctl->policy_mutex);
	old = xtcp_policy_current(ctl);
	t = xtcp_policy_copy(ctl, nla_get_u32(info->attrs[XTCP_A_POLICY_ID]), 0);
	if (!t)
		err = -ENOMEM;
	else if (!old || t->index.count == old->index.count)
		err = -ENOENT;
	if (err) {
		xtcp_policy_table_free(t);
	} else if (t->index.count) {
		xtcp_policy_install(ctl, t);
	} else {
		xtcp_policy_install(ctl, NULL);
		xtcp_policy_table_free(t);
	}
	mutex_unlock(&ctl->policy_mutex);
	return err;
}

/* Read the entries of XTCP_CMD_POLICY_REPLACE into @t, which has room for them. */
static int xtcp_policy_read_all(struct sk_buff *skb, struct genl_info *info, struct xtcp_policy_table *t)
{
	struct xtcp_ctl *ctl = xtcp_net(genl_info_net(info))->ctl;
	struct nlattr *tb[XTCP_A_POLICY_MAX + 1], *attr;
	struct xtcp_policy *p;
	int left, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left) {
		if (nla_type(attr) != XTCP_A_POLICY_ENTRY)
			continue;
		err = nla_parse_nested(tb, XTCP_A_POLICY_MAX, attr, xtcp_policy_policy, info->extack);
		if (err)
			return err;
		p = xtcp_policy_parse(genl_info_net(info), tb, xtcp_policy_user_ns(skb), info->extack);
		if (IS_ERR(p))
			return PTR_ERR(p);
		p->id = ++ctl->policy_id;
		err = xtcp_policy_table_add(t, p);
		xtcp_policy_put(p);
		if (err) {
			NL_SET_ERR_MSG_ATTR(info->extack, attr, "twice the same match, or too many kinds of match");
			return err;
		}
		cond_resched();
	}
	return 0;
}

/** xtcp_genl_policy_replace_do() - XTCP_CMD_POLICY_REPLACE: all entries or none come into force, in one step */
int xtcp_genl_policy_replace_do(struct sk_buff *skb, struct genl_info *info)
{
	struct xtcp_net *xn = xtcp_net(genl_info_net(info));
	struct xtcp_policy_table *t;
	struct nlattr *attr;
	u32 count = 0;
	int left, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, left)
		count += nla_type(attr) == XTCP_A_POLICY_ENTRY;
	if (count > READ_ONCE(xn->knobs.policy_max)) {
		NL_SET_ERR_MSG(info->extack, "more than net.xtcp.policy_max");
		return -ENOSPC;
	}
	t = xtcp_policy_table_new(count);
	if (!t)
		return -ENOMEM;
	mutex_lock(&xn->ctl->policy_mutex);
	err = xtcp_policy_read_all(skb, info, t);
	if (!err)
		xtcp_policy_install(xn->ctl, count ? t : NULL);
	mutex_unlock(&xn->ctl->policy_mutex);
	if (err || !count)
		xtcp_policy_table_free(t);
	return err;
}

static int xtcp_policy_fill_addr(struct sk_buff *skb, int attr, const u64 bytes[2], u8 bits)
{
	struct xtcp_prefix p = { .bits = bits };
	const u8 *addr;
	u32 len;
	u8 shown;

	if (!bits)
		return 0;
	memcpy(p.addr, bytes, sizeof(p.addr));
	addr = xtcp_match_shown(&p, &len, &shown);
	if (nla_put(skb, attr, len, addr) || nla_put_u8(skb, attr + 1, shown))
		return -EMSGSIZE;
	return 0;
}

static int xtcp_policy_fill(struct sk_buff *skb, const struct xtcp_policy *p, struct user_namespace *user_ns)
{
	const struct xtcp_match_shape *shape = &p->rule.shape;
	const struct xtcp_match_key *k = &p->rule.key;
	u32 uid = from_kuid_munged(user_ns, make_kuid(&init_user_ns, k->uid));

	static_assert(XTCP_A_POLICY_REMOTE + 1 == (int)XTCP_A_POLICY_REMOTE_PREFIX &&
		      XTCP_A_POLICY_LOCAL + 1 == (int)XTCP_A_POLICY_LOCAL_PREFIX);
	if (nla_put_u32(skb, XTCP_A_POLICY_ID, p->id) || nla_put_u32(skb, XTCP_A_POLICY_DIRECTION, k->direction) ||
	    xtcp_policy_fill_addr(skb, XTCP_A_POLICY_REMOTE, k->remote, shape->remote_bits) ||
	    xtcp_policy_fill_addr(skb, XTCP_A_POLICY_LOCAL, k->local, shape->local_bits) ||
	    (k->remote_port && nla_put_u16(skb, XTCP_A_POLICY_REMOTE_PORT, k->remote_port)) ||
	    (k->local_port && nla_put_u16(skb, XTCP_A_POLICY_LOCAL_PORT, k->local_port)) ||
	    (shape->fields & XTCP_SHAPE_UID && nla_put_u32(skb, XTCP_A_POLICY_UID, uid)) ||
	    (k->cgroup && nla_put_u64_64bit(skb, XTCP_A_POLICY_CGROUP, k->cgroup, XTCP_A_POLICY_PAD)) ||
	    nla_put_u64_64bit(skb, XTCP_A_POLICY_HITS, atomic64_read(&p->hits), XTCP_A_POLICY_PAD))
		return -EMSGSIZE;
	return xtcp_param_fill(skb, XTCP_A_POLICY_PARAM, &p->params);
}

/* The first policy after number @last: they are in the order of their numbers. Policy mutex held. */
static struct xtcp_policy *xtcp_policy_after(struct xtcp_ctl *ctl, u32 last)
{
	struct xtcp_policy_table *t = xtcp_policy_current(ctl);
	u32 low = 0, high = t ? t->index.count : 0;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (t->policy[mid]->id <= last)
			low = mid + 1;
		else
			high = mid;
	}
	return t && low < t->index.count ? t->policy[low] : NULL;
}

/** xtcp_genl_policy_get_do() - XTCP_CMD_POLICY_GET: one by its number; -EINVAL, -ENOENT */
int xtcp_genl_policy_get_do(struct sk_buff *skb, struct genl_info *info)
{
	struct xtcp_ctl *ctl = xtcp_net(genl_info_net(info))->ctl;
	struct xtcp_policy *p;
	struct sk_buff *reply;
	void *hdr;
	int err;
	u32 id;

	if (GENL_REQ_ATTR_CHECK(info, XTCP_A_POLICY_ID))
		return -EINVAL;
	id = nla_get_u32(info->attrs[XTCP_A_POLICY_ID]);
	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &xtcp_genl_family, 0, XTCP_CMD_POLICY_GET);
	mutex_lock(&ctl->policy_mutex);
	p = xtcp_policy_after(ctl, id - 1);
	err = p && p->id == id ? xtcp_policy_fill(reply, p, xtcp_policy_user_ns(skb)) : -ENOENT;
	mutex_unlock(&ctl->policy_mutex);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

/** xtcp_genl_policy_get_start() - a dump begins before the first */
int xtcp_genl_policy_get_start(struct netlink_callback *cb)
{
	if (xtcp_compat_dump_attrs(cb)[XTCP_A_POLICY_ID])
		return -EINVAL;
	*(u32 *)cb->ctx = 0;
	return 0;
}

/** xtcp_genl_policy_get_dump() - in the order of their numbers */
int xtcp_genl_policy_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct xtcp_ctl *ctl = xtcp_net(sock_net(skb->sk))->ctl;
	u32 *last = (u32 *)cb->ctx;
	struct xtcp_policy *p;
	void *hdr;

	mutex_lock(&ctl->policy_mutex);
	while ((p = xtcp_policy_after(ctl, *last))) {
		hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &xtcp_genl_family, NLM_F_MULTI,
				  XTCP_CMD_POLICY_GET);
		if (!hdr)
			break;
		if (xtcp_policy_fill(skb, p, xtcp_policy_user_ns(cb->skb))) {
			genlmsg_cancel(skb, hdr);
			break;
		}
		genlmsg_end(skb, hdr);
		*last = p->id;
	}
	mutex_unlock(&ctl->policy_mutex);
	return skb->len;
}

/** xtcp_genl_policy_get_done() - nothing was held */
int xtcp_genl_policy_get_done(struct netlink_callback *cb)
{
	return 0;
}
