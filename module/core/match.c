// SPDX-License-Identifier: GPL-2.0
/*
 * Prefixes, filters and the table of rules.
 *
 * For: module/ctl/, which reads netlink attributes and looks policies up. Never: reads an attribute, knows what a rule
 * is good for, or keeps memory of its own.
 *
 * RFC 4291 2.3 (prefixes), 2.5.5.2 (IPv4 within IPv6).
 */
#include "match.h"

#define GOLDEN	0x61c8864680b583ebull	/* 2^64 / phi^2 */

/* ------------------------------------------------------------ prefixes */

static const u8 v4_mapped[XTCP_MATCH_V4_BITS / 8] = { [10] = 0xff, [11] = 0xff };

bool xtcp_match_address(const u8 *addr, u32 len, u8 to[16])
{
	if (len != 4 && len != 16)
		return false;
	memcpy(to, v4_mapped, sizeof(v4_mapped));
	memcpy(to + 16 - len, addr, len);
	return true;
}

enum xtcp_prefix_verdict xtcp_match_prefix(const struct xtcp_prefix_in *in, struct xtcp_prefix *p)
{
	u32 most = in->len * 8;

	if (!in->addr) {
		if (in->has_bits)
			return XTCP_PREFIX_ALONE;
		memset(p, 0, sizeof(*p));
		return XTCP_PREFIX_OK;
	}
	if (in->len != 4 && in->len != 16)
		return XTCP_PREFIX_ADDRESS;
	if (in->has_bits && in->bits > most)
		return XTCP_PREFIX_LONG;
	xtcp_match_address(in->addr, in->len, p->addr);
	p->bits = (in->len == 4 ? XTCP_MATCH_V4_BITS : 0) + (in->has_bits ? in->bits : most);
	return XTCP_PREFIX_OK;
}

const u8 *xtcp_match_shown(const struct xtcp_prefix *p, u32 *len, u8 *bits)
{
	bool v4 = p->bits >= XTCP_MATCH_V4_BITS && !memcmp(p->addr, v4_mapped, sizeof(v4_mapped));

	*len = v4 ? 4 : 16;
	*bits = v4 ? p->bits - XTCP_MATCH_V4_BITS : p->bits;
	return p->addr + 16 - *len;
}

bool xtcp_match_under(const struct xtcp_prefix *p, const u8 *addr)
{
	u32 bytes = p->bits / 8, rest = p->bits % 8;

	return !memcmp(p->addr, addr, bytes) && (!rest || !((p->addr[bytes] ^ addr[bytes]) >> (8 - rest)));
}

bool xtcp_match_ends_fit(const struct xtcp_match_ends *e, const u8 *laddr, u16 lport, const u8 *raddr, u16 rport)
{
	return (!e->local_port || e->local_port == lport) && (!e->remote_port || e->remote_port == rport) &&
	       xtcp_match_under(&e->local, laddr) && xtcp_match_under(&e->remote, raddr);
}

/* ------------------------------------------------------------ rules */

/* @bits ones, then zeros */
static void prefix_mask(u64 mask[2], u32 bits)
{
	u8 ones[16] = { 0 };

	memset(ones, 0xff, bits / 8);
	if (bits % 8)
		ones[bits / 8] = 0xff << (8 - bits % 8);
	memcpy(mask, ones, sizeof(ones));
}

static void shape_mask(struct xtcp_match_shape *s)
{
	struct xtcp_match_key *m = &s->mask;

	prefix_mask(m->remote, s->remote_bits);
	prefix_mask(m->local, s->local_bits);
	m->cgroup = s->fields & XTCP_SHAPE_CGROUP ? ~0ull : 0;
	m->uid = s->fields & XTCP_SHAPE_UID ? ~0u : 0;
	m->remote_port = s->fields & XTCP_SHAPE_REMOTE_PORT ? 0xffff : 0;
	m->local_port = s->fields & XTCP_SHAPE_LOCAL_PORT ? 0xffff : 0;
	m->direction = s->fields & XTCP_SHAPE_DIRECTION ? ~0ull : 0;
}

void xtcp_match_rule_init(struct xtcp_match_rule *r, const struct xtcp_prefix *remote, const struct xtcp_prefix *local,
			  u8 fields, const struct xtcp_match_key *key)
{
	struct xtcp_match_key all = *key;
	int i;

	memcpy(all.remote, remote->addr, sizeof(all.remote));
	memcpy(all.local, local->addr, sizeof(all.local));
	r->shape.remote_bits = remote->bits;
	r->shape.local_bits = local->bits;
	r->shape.fields = fields;
	shape_mask(&r->shape);
	for (i = 0; i < XTCP_MATCH_WORDS; i++)
		r->key.word[i] = all.word[i] & r->shape.mask.word[i];
}

/* Is @key, under the mask of @s, what @r is for? */
static bool rule_fits(const struct xtcp_match_rule *r, const struct xtcp_match_key *key,
		      const struct xtcp_match_shape *s)
{
	u64 differs = 0;
	int i;

	for (i = 0; i < XTCP_MATCH_WORDS; i++)
		differs |= r->key.word[i] ^ (key->word[i] & s->mask.word[i]);
	return !differs && r->shape.remote_bits == s->remote_bits && r->shape.local_bits == s->local_bits &&
	       r->shape.fields == s->fields;
}

/* Less than 0: @a is the more special one. */
static int shape_cmp(const struct xtcp_match_shape *a, const struct xtcp_match_shape *b)
{
	if (a->remote_bits != b->remote_bits)
		return (int)b->remote_bits - a->remote_bits;
	if (a->local_bits != b->local_bits)
		return (int)b->local_bits - a->local_bits;
	return (int)b->fields - a->fields;
}

/*
 * A sum of products, which do not wait for each other. Quick rather than strong: a peer chooses what is looked up, but
 * only who writes rules chooses what is in the chains.
 */
static u64 hash_key(const struct xtcp_match_index *x, const struct xtcp_match_key *key,
		    const struct xtcp_match_shape *s)
{
	static const u64 factors[XTCP_MATCH_WORDS] = {
		0x61c8864680b583eb, 0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xd6e8feb86659fd93,
		0xc2b2ae3d27d4eb4f, 0xff51afd7ed558ccd,
	};
	u64 sum = x->seed + (s->remote_bits << 16 | s->local_bits << 8 | s->fields) * GOLDEN;
	int i;

	for (i = 0; i < XTCP_MATCH_WORDS; i++)
		sum += (key->word[i] & s->mask.word[i]) * factors[i];
	return (sum ^ sum >> 32) * GOLDEN;
}

static const struct xtcp_match_rule *probe(const struct xtcp_match_index *x, const struct xtcp_match_key *key,
					   const struct xtcp_match_shape *s)
{
	u64 hash = hash_key(x, key, s);
	const struct xtcp_match_link *l;
	u32 i;

	for (i = x->head[hash >> (64 - x->bits)]; i; i = l->next) {
		l = &x->link[i - 1];
		if (l->tag == (u32)hash && rule_fits(l->rule, key, s))
			return l->rule;
	}
	return NULL;
}

/* Find or make room for a shape, in order. False: too many different ones */
static bool add_shape(struct xtcp_match_index *x, const struct xtcp_match_shape *s)
{
	u32 at;

	for (at = 0; at < x->shapes && shape_cmp(&x->shape[at], s) < 0; at++)
		;
	if (at < x->shapes && !shape_cmp(&x->shape[at], s))
		return true;
	if (x->shapes == XTCP_MATCH_SHAPES)
		return false;
	memmove(&x->shape[at + 1], &x->shape[at], (x->shapes - at) * sizeof(*s));
	x->shape[at] = *s;
	x->shapes++;
	return true;
}

enum xtcp_match_added xtcp_match_add(struct xtcp_match_index *x, const struct xtcp_match_rule *r)
{
	u64 hash = hash_key(x, &r->key, &r->shape);
	u32 *head = &x->head[hash >> (64 - x->bits)];

	if (probe(x, &r->key, &r->shape))
		return XTCP_MATCH_TWICE;
	if (!add_shape(x, &r->shape))
		return XTCP_MATCH_CROWDED;
	x->link[x->count] = (struct xtcp_match_link){ .rule = r, .next = *head, .tag = hash };
	*head = ++x->count;
	return XTCP_MATCH_ADDED;
}

static const struct xtcp_match_rule *probe_cgroups(const struct xtcp_match_index *x, struct xtcp_match_key *key,
						   const struct xtcp_match_shape *s,
						   u64 (*cgroup)(void *ctx, u32 level), void *ctx)
{
	const struct xtcp_match_rule *r;
	u32 level;

	for (level = 0; level < XTCP_MATCH_CGROUPS; level++) {
		key->cgroup = cgroup(ctx, level);
		if (!key->cgroup)
			break;
		r = probe(x, key, s);
		if (r)
			return r;
	}
	return NULL;
}

const struct xtcp_match_rule *xtcp_match_find(const struct xtcp_match_index *x, struct xtcp_match_key *key,
					      u64 (*cgroup)(void *ctx, u32 level), void *ctx)
{
	const struct xtcp_match_rule *r;
	u32 i;

	for (i = 0; i < x->shapes; i++) {
		if (x->shape[i].fields & XTCP_SHAPE_CGROUP)
			r = probe_cgroups(x, key, &x->shape[i], cgroup, ctx);
		else
			r = probe(x, key, &x->shape[i]);
		if (r)
			return r;
	}
	return NULL;
}
