// SPDX-License-Identifier: GPL-2.0
/*
 * Policies: parameters for connections of programs that set none themselves, chosen by where a connection goes or comes
 * from and by whose it is. Looked up when a connection is opened (conn/connect.c) and when one is accepted
 * (conn/child.c), so they are effective for unmodified programs, in each network namespace its own.
 *
 * THE TABLE. A policy's fields, some of them prefixes, make a key; which fields it has is its shape. All policies of a
 * shape differ in the key alone, so a shape is looked up by hashing the connection's own fields under the shape's mask:
 * one probe per shape, whatever the number of policies. Shapes are tried from the most special to the least; the first
 * hit is the answer. The number of shapes is bounded, so the time is.
 *
 * A table never changes: a writer makes another one that shares the policies, and RCU swaps it in. Writers hold
 * policy_mutex.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "xtcp.h"
#include "ctl/ctl.h"

#define XTCP_POLICY_SHAPES	32u
#define XTCP_POLICY_CGROUPS	128u	/* levels above a socket's own that are asked: who nests pays */

#define XTCP_POLICY_WORDS	7

/** struct xtcp_policy_key - what is matched, masked by a shape; also such a mask */
struct xtcp_policy_key {
	union {
		struct {
			u64 remote[2];
			u64 local[2];
			u64 cgroup;
			u32 uid;
			u16 remote_port;
			u16 local_port;
			u64 direction;
		};
		u64 word[XTCP_POLICY_WORDS];
	};
};

static_assert(sizeof(struct xtcp_policy_key) == XTCP_POLICY_WORDS * sizeof(u64));

/**
 * struct xtcp_policy_shape - which fields count; ordered by these in turn, more before less
 * @remote_bits: prefix length of the remote address; IPv4's is 96 more; 0: any, of both families
 * @local_bits: the same for the local one
 * @fields: XTCP_SHAPE_* bits, the weightier ones higher
 * @mask: ones where these say
 */
struct xtcp_policy_shape {
	u8 remote_bits;
	u8 local_bits;
	u8 fields;
	struct xtcp_policy_key mask;
};

#define XTCP_SHAPE_REMOTE_PORT	0x10
#define XTCP_SHAPE_LOCAL_PORT	0x08
#define XTCP_SHAPE_CGROUP	0x04
#define XTCP_SHAPE_UID		0x02
#define XTCP_SHAPE_DIRECTION	0x01

/**
 * struct xtcp_policy - one policy; constant but for @hits
 * @refs: tables it is in
 * @id: its number
 * @key: masked by @shape
 * @shape: which fields it has
 * @params: what it sets
 * @hits: connections it was applied to
 */
struct xtcp_policy {
	refcount_t refs;
	u32 id;
	struct xtcp_policy_key key;
	struct xtcp_policy_shape shape;
	struct xtcp_params params;
	atomic64_t hits;
};

/**
 * struct xtcp_policy_link - a place in a chain
 * @next: as struct xtcp_policy_table.head
 * @tag: of the hash: a policy that cannot be meant is not looked at
 */
struct xtcp_policy_link {
	u32 next;
	u32 tag;
};

/**
 * struct xtcp_policy_table - all policies of a namespace
 * @count: policies
 * @shapes: entries in @shape
 * @bits: of an index into @head
 * @seed: of the hash
 * @shape: most special first
 * @head: first of a chain, an index into @policy plus one
 * @link: for each policy, the rest of its chain
 * @policy: the policies, by number
 */
struct xtcp_policy_table {
	u32 count;
	u32 shapes;
	u32 bits;
	u64 seed;
	struct xtcp_policy_shape shape[XTCP_POLICY_SHAPES];
	u32 *head;
	struct xtcp_policy_link *link;
	struct xtcp_policy *policy[];
};

/* ------------------------------------------------------------ keys */

static void xtcp_policy_shape_mask(struct xtcp_policy_shape *s)
{
	static const struct in6_addr ones = { .s6_addr = { [0 ... 15] = 0xff } };
	struct xtcp_policy_key *m = &s->mask;
	struct in6_addr mask;

	ipv6_addr_prefix(&mask, &ones, s->remote_bits);
	memcpy(m->remote, &mask, sizeof(mask));
	ipv6_addr_prefix(&mask, &ones, s->local_bits);
	memcpy(m->local, &mask, sizeof(mask));
	m->cgroup = s->fields & XTCP_SHAPE_CGROUP ? ~0ull : 0;
	m->uid = s->fields & XTCP_SHAPE_UID ? ~0u : 0;
	m->remote_port = s->fields & XTCP_SHAPE_REMOTE_PORT ? 0xffff : 0;
	m->local_port = s->fields & XTCP_SHAPE_LOCAL_PORT ? 0xffff : 0;
	m->direction = s->fields & XTCP_SHAPE_DIRECTION ? ~0ull : 0;
}

/* Is @key, under the mask of @s, what @p is for? */
static bool xtcp_policy_fits(const struct xtcp_policy *p, const struct xtcp_policy_key *key,
			     const struct xtcp_policy_shape *s)
{
	u64 differs = 0;
	int i;

	for (i = 0; i < XTCP_POLICY_WORDS; i++)
		differs |= p->key.word[i] ^ (key->word[i] & s->mask.word[i]);
	return !differs && p->shape.remote_bits == s->remote_bits && p->shape.local_bits == s->local_bits &&
	       p->shape.fields == s->fields;
}

static int xtcp_policy_shape_cmp(const struct xtcp_policy_shape *a, const struct xtcp_policy_shape *b)
{
	if (a->remote_bits != b->remote_bits)
		return (int)b->remote_bits - a->remote_bits;
	if (a->local_bits != b->local_bits)
		return (int)b->local_bits - a->local_bits;
	return (int)b->fields - a->fields;
}

/*
 * A sum of products, which do not wait for each other. Quick rather than strong: a peer chooses what is looked up, but
 * only who writes policies chooses what is in the chains.
 */
static u64 xtcp_policy_hash(const struct xtcp_policy_table *t, const struct xtcp_policy_key *key,
			    const struct xtcp_policy_shape *s)
{
	static const u64 factors[XTCP_POLICY_WORDS] = {
		0x61c8864680b583eb, 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93,
		0xc2b2ae3d27d4eb4f, 0xff51afd7ed558ccd,
	};
	u64 sum = t->seed + (s->remote_bits << 16 | s->local_bits << 8 | s->fields) * GOLDEN_RATIO_64;
	int i;

	for (i = 0; i < XTCP_POLICY_WORDS; i++)
		sum += (key->word[i] & s->mask.word[i]) * factors[i];
	return (sum ^ sum >> 32) * GOLDEN_RATIO_64;
}

/* ------------------------------------------------------------ lookup */

static struct xtcp_policy *xtcp_policy_probe(const struct xtcp_policy_table *t, const struct xtcp_policy_key *key,
					     const struct xtcp_policy_shape *s)
{
	u64 hash = xtcp_policy_hash(t, key, s);
	const struct xtcp_policy_link *l;
	u32 i;

	for (i = t->head[hash >> (64 - t->bits)]; i; i = l->next) {
		l = &t->link[i - 1];
		if (l->tag == (u32)hash && xtcp_policy_fits(t->policy[i - 1], key, s))
			return t->policy[i - 1];
	}
	return NULL;
}

/* A policy of a cgroup holds for those below it; the nearest one wins. */
static struct xtcp_policy *xtcp_policy_probe_cgroups(const struct xtcp_policy_table *t, struct xtcp_policy_key *key,
						     const struct xtcp_policy_shape *s, const struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct cgroup *cgrp = sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data);
	u32 deepest = XTCP_POLICY_CGROUPS;
	struct xtcp_policy *p;

	for (; cgrp && deepest--; cgrp = cgroup_parent(cgrp)) {
		key->cgroup = cgroup_id(cgrp);
		p = xtcp_policy_probe(t, key, s);
		if (p)
			return p;
	}
#endif
	return NULL;
}

static struct xtcp_policy *xtcp_policy_find(const struct xtcp_policy_table *t, struct xtcp_policy_key *key,
					    const struct sock *sk)
{
	struct xtcp_policy *p;
	u32 i;

	for (i = 0; i < t->shapes; i++) {
		if (t->shape[i].fields & XTCP_SHAPE_CGROUP)
			p = xtcp_policy_probe_cgroups(t, key, &t->shape[i], sk);
		else
			p = xtcp_policy_probe(t, key, &t->shape[i]);
		if (p)
			return p;
	}
	return NULL;
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
	struct xtcp_ctl *ctl = xtcp_sk_net(sk)->ctl;
	const struct xtcp_policy_table *t;
	struct xtcp_policy_key key;
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
	p = t ? xtcp_policy_find(t, &key, sk) : NULL;
	if (p) {
		xtcp_param_apply(sk, &p->params, false);
		xtcp_sk(sk)->policy = p->id;
		atomic64_inc(&p->hits);
	}
	rcu_read_unlock();
	if (p)
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
	for (i = 0; i < t->count; i++)
		xtcp_policy_put(t->policy[i]);
	kvfree(t->link);
	kvfree(t->head);
	kvfree(t);
}

static struct xtcp_policy_table *xtcp_policy_table_new(u32 most)
{
	struct xtcp_policy_table *t = kvzalloc(struct_size(t, policy, most), GFP_KERNEL_ACCOUNT);
	u32 bits = order_base_2(max(2 * most, 8u)), heads = 1u << bits;

	if (!t)
		return NULL;
	t->head = kvcalloc(heads, sizeof(*t->head), GFP_KERNEL_ACCOUNT);
	t->link = kvcalloc(most + 1, sizeof(*t->link), GFP_KERNEL_ACCOUNT);
	if (!t->head || !t->link) {
		xtcp_policy_table_free(t);
		return NULL;
	}
	t->bits = bits;
	t->seed = get_random_u64();
	return t;
}

/* Find or make room for a shape, in order. -ENOSPC: too many different ones */
static int xtcp_policy_table_shape(struct xtcp_policy_table *t, const struct xtcp_policy_shape *s)
{
	u32 at;

	for (at = 0; at < t->shapes && xtcp_policy_shape_cmp(&t->shape[at], s) < 0; at++)
		;
	if (at < t->shapes && !xtcp_policy_shape_cmp(&t->shape[at], s))
		return 0;
	if (t->shapes == XTCP_POLICY_SHAPES)
		return -ENOSPC;
	memmove(&t->shape[at + 1], &t->shape[at], (t->shapes - at) * sizeof(*s));
	t->shape[at] = *s;
	t->shapes++;
	return 0;
}

/* Add @p, taking a reference. -EEXIST: one with the same match is there; -ENOSPC */
static int xtcp_policy_table_add(struct xtcp_policy_table *t, struct xtcp_policy *p)
{
	u64 hash = xtcp_policy_hash(t, &p->key, &p->shape);
	u32 *head = &t->head[hash >> (64 - t->bits)];
	int err;

	if (xtcp_policy_probe(t, &p->key, &p->shape))
		return -EEXIST;
	err = xtcp_policy_table_shape(t, &p->shape);
	if (err)
		return err;
	refcount_inc(&p->refs);
	t->policy[t->count] = p;
	t->link[t->count] = (struct xtcp_policy_link){ .next = *head, .tag = hash };
	*head = ++t->count;
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

	t = xtcp_policy_table_new((old ? old->count : 0) + more);
	if (!t)
		return NULL;
	/* what was in a table fits into the next one */
	for (i = 0; old && i < old->count; i++)
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

/* A prefix: the length counts from IPv4's own beginning. */
static int xtcp_policy_parse_addr(struct nlattr *attr, struct nlattr *len, struct in6_addr *addr, u8 *bits,
				  struct netlink_ext_ack *extack)
{
	unsigned int most, base;
	int err;

	if (!attr) {
		if (!len)
			return 0;
		NL_SET_ERR_MSG_ATTR(extack, len, "a prefix length without its address");
		return -EINVAL;
	}
	err = xtcp_fill_address(attr, addr, extack);
	if (err)
		return err;
	base = nla_len(attr) == 4 ? 96 : 0;
	most = nla_len(attr) * 8;
	if (len && nla_get_u8(len) > most) {
		NL_SET_ERR_MSG_ATTR(extack, len, "longer than the address");
		return -EINVAL;
	}
	*bits = base + (len ? nla_get_u8(len) : most);
	return 0;
}

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
	struct in6_addr remote = {}, local = {};
	struct xtcp_policy_key key = {};
	int err, i;

	err = xtcp_policy_parse_addr(tb[XTCP_A_POLICY_REMOTE], tb[XTCP_A_POLICY_REMOTE_PREFIX], &remote,
				     &p->shape.remote_bits, extack);
	if (!err)
		err = xtcp_policy_parse_addr(tb[XTCP_A_POLICY_LOCAL], tb[XTCP_A_POLICY_LOCAL_PREFIX], &local,
					     &p->shape.local_bits, extack);
	if (!err && tb[XTCP_A_POLICY_UID]) {
		p->shape.fields |= XTCP_SHAPE_UID;
		err = xtcp_policy_parse_uid(tb[XTCP_A_POLICY_UID], user_ns, &key.uid, extack);
	}
	if (err)
		return err;
	if (tb[XTCP_A_POLICY_REMOTE_PORT]) {
		p->shape.fields |= XTCP_SHAPE_REMOTE_PORT;
		key.remote_port = nla_get_u16(tb[XTCP_A_POLICY_REMOTE_PORT]);
	}
	if (tb[XTCP_A_POLICY_LOCAL_PORT]) {
		p->shape.fields |= XTCP_SHAPE_LOCAL_PORT;
		key.local_port = nla_get_u16(tb[XTCP_A_POLICY_LOCAL_PORT]);
	}
	if (tb[XTCP_A_POLICY_CGROUP]) {
		p->shape.fields |= XTCP_SHAPE_CGROUP;
		key.cgroup = nla_get_u64(tb[XTCP_A_POLICY_CGROUP]);
	}
	if (tb[XTCP_A_POLICY_DIRECTION] && nla_get_u32(tb[XTCP_A_POLICY_DIRECTION])) {
		p->shape.fields |= XTCP_SHAPE_DIRECTION;
		key.direction = nla_get_u32(tb[XTCP_A_POLICY_DIRECTION]);
	}
	memcpy(key.remote, &remote, sizeof(key.remote));
	memcpy(key.local, &local, sizeof(key.local));
	xtcp_policy_shape_mask(&p->shape);
	for (i = 0; i < XTCP_POLICY_WORDS; i++)
		p->key.word[i] = key.word[i] & p->shape.mask.word[i];
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
	err = old && old->count >= READ_ONCE(xn->knobs.policy_max) ? -ENOSPC : 0;
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
	else if (!old || t->count == old->count)
		err = -ENOENT;
	if (err) {
		xtcp_policy_table_free(t);
	} else if (t->count) {
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
	struct in6_addr addr;
	bool v4;

	if (!bits)
		return 0;
	memcpy(&addr, bytes, sizeof(addr));
	v4 = bits >= 96 && ipv6_addr_v4mapped(&addr);
	if (nla_put(skb, attr, v4 ? 4 : 16, v4 ? &addr.s6_addr32[3] : addr.s6_addr32) ||
	    nla_put_u8(skb, attr + 1, v4 ? bits - 96 : bits))
		return -EMSGSIZE;
	return 0;
}

static int xtcp_policy_fill(struct sk_buff *skb, const struct xtcp_policy *p, struct user_namespace *user_ns)
{
	const struct xtcp_policy_key *k = &p->key;
	u8 fields = p->shape.fields;
	u32 uid = from_kuid_munged(user_ns, make_kuid(&init_user_ns, k->uid));

	static_assert(XTCP_A_POLICY_REMOTE + 1 == (int)XTCP_A_POLICY_REMOTE_PREFIX &&
		      XTCP_A_POLICY_LOCAL + 1 == (int)XTCP_A_POLICY_LOCAL_PREFIX);
	if (nla_put_u32(skb, XTCP_A_POLICY_ID, p->id) || nla_put_u32(skb, XTCP_A_POLICY_DIRECTION, k->direction) ||
	    xtcp_policy_fill_addr(skb, XTCP_A_POLICY_REMOTE, k->remote, p->shape.remote_bits) ||
	    xtcp_policy_fill_addr(skb, XTCP_A_POLICY_LOCAL, k->local, p->shape.local_bits) ||
	    (k->remote_port && nla_put_u16(skb, XTCP_A_POLICY_REMOTE_PORT, k->remote_port)) ||
	    (k->local_port && nla_put_u16(skb, XTCP_A_POLICY_LOCAL_PORT, k->local_port)) ||
	    (fields & XTCP_SHAPE_UID && nla_put_u32(skb, XTCP_A_POLICY_UID, uid)) ||
	    (k->cgroup && nla_put_u64_64bit(skb, XTCP_A_POLICY_CGROUP, k->cgroup, XTCP_A_POLICY_PAD)) ||
	    nla_put_u64_64bit(skb, XTCP_A_POLICY_HITS, atomic64_read(&p->hits), XTCP_A_POLICY_PAD))
		return -EMSGSIZE;
	return xtcp_param_fill(skb, XTCP_A_POLICY_PARAM, &p->params);
}

/* The first policy after number @last: they are in the order of their numbers. Policy mutex held. */
static struct xtcp_policy *xtcp_policy_after(struct xtcp_ctl *ctl, u32 last)
{
	struct xtcp_policy_table *t = xtcp_policy_current(ctl);
	u32 low = 0, high = t ? t->count : 0;

	while (low < high) {
		u32 mid = low + (high - low) / 2;

		if (t->policy[mid]->id <= last)
			low = mid + 1;
		else
			high = mid;
	}
	return t && low < t->count ? t->policy[low] : NULL;
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
