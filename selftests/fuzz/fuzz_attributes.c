// SPDX-License-Identifier: GPL-2.0
/*
 * What netlink attributes ask for, once the kernel has checked their types: addresses of any length, prefixes, ports,
 * users and cgroups. A table of rules is filled and asked; its answers are those of a list that is searched from end to
 * end. Small alphabets, so that rules meet and connections hit.
 */
#include "match.h"
#include "reader.h"

#define RULES	96
#define HEADS	3
#define LEVELS	4

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

struct table {
	struct xtcp_match_index x;
	struct xtcp_match_rule rule[RULES];
	struct xtcp_match_link link[RULES];
	u32 head[1 << HEADS];
};

/* Of one family or the other, with one bit that may differ. */
static void take_address(struct reader *r, u8 *addr)
{
	u32 byte = take(r, 1);

	memset(addr, 0, 16);
	if (byte & 1)
		memset(addr + 10, 0xff, 2);
	else
		addr[0] = 0x20;
	if (byte & 2)
		addr[byte >> 4] ^= 1 << (take(r, 1) & 7);
}

static bool bit(const u8 *addr, int i)
{
	return addr[i / 8] >> (7 - i % 8) & 1;
}

static bool under(const struct xtcp_prefix *p, const u8 *addr)
{
	for (int i = 0; i < p->bits; i++)
		if (bit(p->addr, i) != bit(addr, i))
			return false;
	return true;
}

/* A prefix as a request has it: in a block of exactly its size, or not at all. */
static enum xtcp_prefix_verdict take_prefix(struct reader *r, struct xtcp_prefix *p)
{
	static const u8 lengths[] = { 0, 4, 4, 4, 16, 16, 16, 15, 1 };
	u32 byte = take(r, 1), shown_len;
	struct xtcp_prefix_in in = { .has_bits = byte & 1, .bits = take(r, 1) };
	enum xtcp_prefix_verdict v;
	struct xtcp_prefix again;
	u8 whole[16], shown_bits, *copy = NULL;
	const u8 *shown;

	take_address(r, whole);
	if (byte & 2) {
		in.len = lengths[(byte >> 2) % ARRAY_SIZE(lengths)];
		copy = malloc(in.len);
		memcpy(copy, whole + 16 - in.len, in.len);
		in.addr = copy;
	}
	v = xtcp_match_prefix(&in, p);
	REQUIRE((v == XTCP_PREFIX_ALONE) == (!in.addr && in.has_bits));
	REQUIRE((v == XTCP_PREFIX_ADDRESS) == (in.addr && in.len != 4 && in.len != 16));
	if (v == XTCP_PREFIX_OK) {
		REQUIRE(p->bits <= 128 && (in.addr || !p->bits));
		shown = xtcp_match_shown(p, &shown_len, &shown_bits);
		in = (struct xtcp_prefix_in) { .addr = shown, .len = shown_len, .has_bits = true, .bits = shown_bits };
		REQUIRE(xtcp_match_prefix(&in, &again) == XTCP_PREFIX_OK && again.bits == p->bits &&
			!memcmp(again.addr, p->addr, 16));
	}
	free(copy);
	return v;
}

static void take_key(struct reader *r, struct xtcp_match_key *key)
{
	u32 numbers = take(r, 2);

	take_address(r, (u8 *)key->remote);
	take_address(r, (u8 *)key->local);
	key->remote_port = numbers & 3;
	key->local_port = numbers >> 2 & 3;
	key->uid = numbers >> 4 & 3;
	key->cgroup = numbers >> 6 & 7;
	key->direction = numbers >> 9 & 3;
}

static void add_rule(struct reader *r, struct table *t)
{
	struct xtcp_prefix remote, local;
	struct xtcp_match_rule *rule = &t->rule[t->x.count];
	struct xtcp_match_key key;
	bool twice = false, known = false;
	u32 i, count = t->x.count, shapes = t->x.shapes;
	u8 fields = take(r, 1) & 0x1f;
	enum xtcp_match_added added;

	if (take_prefix(r, &remote) != XTCP_PREFIX_OK || take_prefix(r, &local) != XTCP_PREFIX_OK || count == RULES)
		return;
	take_key(r, &key);
	xtcp_match_rule_init(rule, &remote, &local, fields, &key);
	for (i = 0; i < count; i++) {
		const struct xtcp_match_rule *o = &t->rule[i];
		bool shape = o->shape.remote_bits == remote.bits && o->shape.local_bits == local.bits &&
			     o->shape.fields == fields;

		known |= shape;
		twice |= shape && !memcmp(&o->key, &rule->key, sizeof(o->key));
	}
	added = xtcp_match_add(&t->x, rule);
	REQUIRE((added == XTCP_MATCH_TWICE) == twice);
	REQUIRE((added == XTCP_MATCH_CROWDED) == (!twice && !known && shapes == XTCP_MATCH_SHAPES));
	REQUIRE(t->x.count == count + (added == XTCP_MATCH_ADDED) && t->x.shapes <= XTCP_MATCH_SHAPES);
}

static u64 cgroup_of(void *ctx, u32 level)
{
	const u8 *above = ctx;

	return level < LEVELS ? above[level] : 0;
}

/* Does @rule fit? By its fields, without its mask. */
static bool fits(const struct xtcp_match_rule *rule, const struct xtcp_match_key *key, u64 cgroup)
{
	struct xtcp_prefix remote = { .bits = rule->shape.remote_bits }, local = { .bits = rule->shape.local_bits };
	const struct xtcp_match_key *k = &rule->key;
	u8 f = rule->shape.fields;

	memcpy(remote.addr, k->remote, 16);
	memcpy(local.addr, k->local, 16);
	return under(&remote, (const u8 *)key->remote) && under(&local, (const u8 *)key->local) &&
	       (!(f & XTCP_SHAPE_CGROUP) || (cgroup && k->cgroup == cgroup)) &&
	       (!(f & XTCP_SHAPE_UID) || k->uid == key->uid) &&
	       (!(f & XTCP_SHAPE_REMOTE_PORT) || k->remote_port == key->remote_port) &&
	       (!(f & XTCP_SHAPE_LOCAL_PORT) || k->local_port == key->local_port) &&
	       (!(f & XTCP_SHAPE_DIRECTION) || k->direction == key->direction);
}

static u32 weight(const struct xtcp_match_rule *rule)
{
	return rule->shape.remote_bits << 16 | rule->shape.local_bits << 8 | rule->shape.fields;
}

static void find_rule(struct reader *r, const struct table *t)
{
	const struct xtcp_match_rule *best = NULL, *rule;
	struct xtcp_match_key key;
	u32 cgroups = take(r, 2), i, level;
	u8 above[LEVELS];

	take_key(r, &key);
	for (level = 0; level < LEVELS; level++)
		above[level] = cgroups >> 3 * level & 7;
	for (level = 0; level < LEVELS && (!level || (above[level - 1] && above[level])); level++)
		for (i = 0; i < t->x.count; i++) {
			rule = &t->rule[i];
			if (fits(rule, &key, above[level]) && (!best || weight(rule) > weight(best)))
				best = rule;
		}
	REQUIRE(xtcp_match_find(&t->x, &key, cgroup_of, above) == best);
}

static void filter(struct reader *r)
{
	struct xtcp_match_ends e = { .local_port = take(r, 1) & 3, .remote_port = take(r, 1) & 3 };
	u16 lport = take(r, 1) & 3, rport = take(r, 1) & 3;
	u8 laddr[16], raddr[16];

	if (take_prefix(r, &e.local) != XTCP_PREFIX_OK || take_prefix(r, &e.remote) != XTCP_PREFIX_OK)
		return;
	take_address(r, laddr);
	take_address(r, raddr);
	REQUIRE(xtcp_match_ends_fit(&e, laddr, lport, raddr, rport) ==
		((!e.local_port || e.local_port == lport) && (!e.remote_port || e.remote_port == rport) &&
		 under(&e.local, laddr) && under(&e.remote, raddr)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct reader r = { data, len };
	struct table t;

	memset(&t, 0, sizeof(t));
	t.x.bits = HEADS;
	t.x.seed = take(&r, 4);
	t.x.head = t.head;
	t.x.link = t.link;
	while (r.left) {
		switch (take(&r, 1) % 4) {
		case 0:
			filter(&r);
			break;
		case 1:
			find_rule(&r, &t);
			break;
		default:
			add_rule(&r, &t);
		}
	}
	return 0;
}
