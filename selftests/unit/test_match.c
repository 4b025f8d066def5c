// SPDX-License-Identifier: GPL-2.0
/* Prefixes and filters by example and bit by bit; the table of rules against a list that is searched to its end. */
#include "match.h"
#include "tap.h"

static const u8 v4[4] = { 192, 0, 2, 1 };
static const u8 v6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
static const u8 v4_in_v6[16] = { [10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1 };

static enum xtcp_prefix_verdict judge(const u8 *addr, u32 len, int bits, struct xtcp_prefix *p)
{
	struct xtcp_prefix_in in = { .addr = addr, .len = len, .has_bits = bits >= 0, .bits = bits };

	return xtcp_match_prefix(&in, p);
}

TEST(match_address__lengths)
{
	u8 to[16];

	CHECK(xtcp_match_address(v4, 4, to));
	CHECK(!memcmp(to, v4_in_v6, 16));
	CHECK(xtcp_match_address(v6, 16, to));
	CHECK(!memcmp(to, v6, 16));
	CHECK(!xtcp_match_address(v6, 0, to));
	CHECK(!xtcp_match_address(v6, 5, to));
	CHECK(!xtcp_match_address(v6, 15, to));
}

TEST(match_prefix__verdicts)
{
	struct xtcp_prefix p;

	CHECK_EQ(judge(NULL, 0, -1, &p), XTCP_PREFIX_OK);
	CHECK_EQ(p.bits, 0);
	CHECK_EQ(judge(NULL, 0, 24, &p), XTCP_PREFIX_ALONE);
	CHECK_EQ(judge(NULL, 0, 0, &p), XTCP_PREFIX_ALONE);
	CHECK_EQ(judge(v6, 0, -1, &p), XTCP_PREFIX_ADDRESS);
	CHECK_EQ(judge(v6, 8, 8, &p), XTCP_PREFIX_ADDRESS);
	CHECK_EQ(judge(v4, 4, 32, &p), XTCP_PREFIX_OK);
	CHECK_EQ(judge(v4, 4, 33, &p), XTCP_PREFIX_LONG);
	CHECK_EQ(judge(v6, 16, 128, &p), XTCP_PREFIX_OK);
	CHECK_EQ(judge(v6, 16, 129, &p), XTCP_PREFIX_LONG);
	CHECK_EQ(judge(v6, 16, 255, &p), XTCP_PREFIX_LONG);
}

TEST(match_prefix__length_is_from_the_beginning_of_the_address)
{
	struct xtcp_prefix p;

	CHECK_EQ(judge(v4, 4, -1, &p), XTCP_PREFIX_OK);
	CHECK_EQ(p.bits, 128);
	CHECK_EQ(judge(v4, 4, 24, &p), XTCP_PREFIX_OK);
	CHECK_EQ(p.bits, 120);
	/* every IPv4 address, and no other */
	CHECK_EQ(judge(v4, 4, 0, &p), XTCP_PREFIX_OK);
	CHECK(xtcp_match_under(&p, v4_in_v6) && !xtcp_match_under(&p, v6));
	CHECK_EQ(judge(v6, 16, 0, &p), XTCP_PREFIX_OK);
	CHECK(xtcp_match_under(&p, v4_in_v6) && xtcp_match_under(&p, v6));
}

TEST(match_shown__as_it_was_given)
{
	struct xtcp_prefix p;
	const u8 *addr;
	u32 len;
	u8 bits;

	CHECK_EQ(judge(v4, 4, 24, &p), XTCP_PREFIX_OK);
	addr = xtcp_match_shown(&p, &len, &bits);
	CHECK(len == 4 && bits == 24 && !memcmp(addr, v4, 4));
	CHECK_EQ(judge(v6, 16, 32, &p), XTCP_PREFIX_OK);
	addr = xtcp_match_shown(&p, &len, &bits);
	CHECK(len == 16 && bits == 32 && !memcmp(addr, v6, 16));
	/* a prefix that ends before IPv4 begins is one of IPv6 */
	CHECK_EQ(judge(v4_in_v6, 16, 95, &p), XTCP_PREFIX_OK);
	xtcp_match_shown(&p, &len, &bits);
	CHECK(len == 16 && bits == 95);
}

static int bit(const u8 *addr, int i)
{
	return addr[i / 8] >> (7 - i % 8) & 1;
}

static bool under_naive(const struct xtcp_prefix *p, const u8 *addr)
{
	for (int i = 0; i < p->bits; i++)
		if (bit(p->addr, i) != bit(addr, i))
			return false;
	return true;
}

static void random_address(u8 *addr)
{
	memcpy(addr, tap_below(2) ? v6 : v4_in_v6, 16);
	for (u32 n = tap_below(3); n; n--)
		addr[tap_below(16)] ^= 1 << tap_below(8);
}

TEST(match_under__bit_by_bit)
{
	struct xtcp_prefix p;
	u8 addr[16];

	for (int i = 0; i < 200000; i++) {
		random_address(p.addr);
		random_address(addr);
		p.bits = tap_below(129);
		CHECK_EQ(xtcp_match_under(&p, addr), under_naive(&p, addr));
	}
}

TEST(match_ends_fit__all_that_is_given)
{
	struct xtcp_match_ends e = { .local_port = 80 };

	CHECK(xtcp_match_ends_fit(&e, v6, 80, v4_in_v6, 1234));
	CHECK(!xtcp_match_ends_fit(&e, v6, 81, v4_in_v6, 80));
	e.remote_port = 1234;
	CHECK(xtcp_match_ends_fit(&e, v6, 80, v4_in_v6, 1234));
	CHECK(!xtcp_match_ends_fit(&e, v6, 80, v4_in_v6, 1235));
	CHECK_EQ(judge(v4, 4, 24, &e.remote), XTCP_PREFIX_OK);
	CHECK(xtcp_match_ends_fit(&e, v6, 80, v4_in_v6, 1234));
	CHECK(!xtcp_match_ends_fit(&e, v4_in_v6, 80, v6, 1234));
	CHECK_EQ(judge(v6, 16, 64, &e.local), XTCP_PREFIX_OK);
	CHECK(xtcp_match_ends_fit(&e, v6, 80, v4_in_v6, 1234));
	CHECK(!xtcp_match_ends_fit(&e, v4_in_v6, 80, v4_in_v6, 1234));
}

/* ------------------------------------------------------------ rules */

#define RULES	64
#define HEADS	4	/* few, so that chains are long */

struct table {
	struct xtcp_match_index x;
	struct xtcp_match_rule rule[RULES];
	struct xtcp_match_link link[RULES];
	u32 head[1 << HEADS];
};

static void table_init(struct table *t)
{
	memset(t, 0, sizeof(*t));
	t->x.bits = HEADS;
	t->x.seed = tap_random();
	t->x.head = t->head;
	t->x.link = t->link;
}

static enum xtcp_match_added add(struct table *t, const struct xtcp_prefix *remote, const struct xtcp_prefix *local,
				 u8 fields, const struct xtcp_match_key *key)
{
	struct xtcp_match_rule *r = &t->rule[t->x.count];

	xtcp_match_rule_init(r, remote, local, fields, key);
	return xtcp_match_add(&t->x, r);
}

static u64 cgroup_of(void *ctx, u32 level)
{
	const u64 *above = ctx;

	return level < 4 ? above[level] : 0;
}

static u64 no_cgroup(void *ctx, u32 level)
{
	(void)ctx;
	(void)level;
	return 0;
}

TEST(match_add__twice)
{
	struct xtcp_match_key key = { .uid = 5 };
	struct xtcp_prefix any = { .bits = 0 };
	struct table t;

	table_init(&t);
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_UID, &key), XTCP_MATCH_ADDED);
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_UID, &key), XTCP_MATCH_TWICE);
	/* what a rule does not ask for does not make it another one */
	key.cgroup = 7;
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_UID, &key), XTCP_MATCH_TWICE);
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_UID | XTCP_SHAPE_CGROUP, &key), XTCP_MATCH_ADDED);
	key.uid = 0;
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_UID, &key), XTCP_MATCH_ADDED);
	/* user 0 is not "any user" */
	CHECK_EQ(add(&t, &any, &any, 0, &key), XTCP_MATCH_ADDED);
	CHECK_EQ(t.x.count, 4);
}

TEST(match_add__kinds_are_bounded)
{
	struct xtcp_match_key key = { .uid = 1 };
	struct xtcp_prefix p = { .bits = 0 }, any = { .bits = 0 };
	struct table t;
	u32 i;

	table_init(&t);
	for (i = 0; i < XTCP_MATCH_SHAPES; i++, p.bits++)
		CHECK_EQ(add(&t, &p, &any, 0, &key), XTCP_MATCH_ADDED);
	CHECK_EQ(add(&t, &p, &any, 0, &key), XTCP_MATCH_CROWDED);
	CHECK_EQ(t.x.count, XTCP_MATCH_SHAPES);
	/* one more of a kind that is there */
	p.bits = 9;
	p.addr[0] = 0x20;
	CHECK_EQ(add(&t, &p, &any, 0, &key), XTCP_MATCH_ADDED);
}

TEST(match_find__the_longer_prefix_then_the_weightier_field)
{
	struct xtcp_match_key want = { .local_port = 80, .uid = 5 }, key = want;
	struct xtcp_prefix wide, narrow, any = { .bits = 0 };
	struct table t;

	table_init(&t);
	CHECK_EQ(judge(v4, 4, 8, &wide), XTCP_PREFIX_OK);
	CHECK_EQ(judge(v4, 4, 24, &narrow), XTCP_PREFIX_OK);
	memcpy(key.remote, v4_in_v6, 16);
	CHECK(!xtcp_match_find(&t.x, &key, no_cgroup, NULL));
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_UID, &want), XTCP_MATCH_ADDED);
	CHECK(xtcp_match_find(&t.x, &key, no_cgroup, NULL) == &t.rule[0]);
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_LOCAL_PORT, &want), XTCP_MATCH_ADDED);
	CHECK(xtcp_match_find(&t.x, &key, no_cgroup, NULL) == &t.rule[1]);
	CHECK_EQ(add(&t, &wide, &any, 0, &want), XTCP_MATCH_ADDED);
	CHECK(xtcp_match_find(&t.x, &key, no_cgroup, NULL) == &t.rule[2]);
	CHECK_EQ(add(&t, &narrow, &any, 0, &want), XTCP_MATCH_ADDED);
	CHECK(xtcp_match_find(&t.x, &key, no_cgroup, NULL) == &t.rule[3]);
	memcpy(key.remote, v6, 16);
	CHECK(xtcp_match_find(&t.x, &key, no_cgroup, NULL) == &t.rule[1]);
	key.local_port = 81;
	CHECK(xtcp_match_find(&t.x, &key, no_cgroup, NULL) == &t.rule[0]);
}

TEST(match_find__the_nearest_cgroup)
{
	struct xtcp_match_key want = { .cgroup = 1 }, key = { .uid = 0 };
	u64 above[4] = { 30, 20, 1 };
	struct xtcp_prefix any = { .bits = 0 };
	struct table t;

	table_init(&t);
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_CGROUP, &want), XTCP_MATCH_ADDED);
	CHECK(xtcp_match_find(&t.x, &key, cgroup_of, above) == &t.rule[0]);
	want.cgroup = 20;
	CHECK_EQ(add(&t, &any, &any, XTCP_SHAPE_CGROUP, &want), XTCP_MATCH_ADDED);
	CHECK(xtcp_match_find(&t.x, &key, cgroup_of, above) == &t.rule[1]);
	above[1] = 21;
	CHECK(xtcp_match_find(&t.x, &key, cgroup_of, above) == &t.rule[0]);
	CHECK(!xtcp_match_find(&t.x, &key, no_cgroup, NULL));
}

/* Does rule @r, as it was asked for, fit? Without a shape's mask. */
static bool rule_naive(const struct xtcp_match_rule *r, const struct xtcp_match_key *key, u64 cgroup)
{
	struct xtcp_prefix remote = { .bits = r->shape.remote_bits }, local = { .bits = r->shape.local_bits };
	u8 f = r->shape.fields;

	memcpy(remote.addr, r->key.remote, 16);
	memcpy(local.addr, r->key.local, 16);
	return under_naive(&remote, (const u8 *)key->remote) && under_naive(&local, (const u8 *)key->local) &&
	       (!(f & XTCP_SHAPE_CGROUP) || r->key.cgroup == cgroup) &&
	       (!(f & XTCP_SHAPE_UID) || r->key.uid == key->uid) &&
	       (!(f & XTCP_SHAPE_REMOTE_PORT) || r->key.remote_port == key->remote_port) &&
	       (!(f & XTCP_SHAPE_LOCAL_PORT) || r->key.local_port == key->local_port) &&
	       (!(f & XTCP_SHAPE_DIRECTION) || r->key.direction == key->direction);
}

static u32 weight(const struct xtcp_match_rule *r)
{
	return r->shape.remote_bits << 16 | r->shape.local_bits << 8 | r->shape.fields;
}

static const struct xtcp_match_rule *find_naive(const struct table *t, const struct xtcp_match_key *key,
						const u64 *above)
{
	const struct xtcp_match_rule *best = NULL;
	u32 i, level;

	for (level = 0; level < 4 && (!level || (above[level - 1] && above[level])); level++)
		for (i = 0; i < t->x.count; i++)
			if (rule_naive(&t->rule[i], key, above[level]) && (!best || weight(&t->rule[i]) > weight(best)))
				best = &t->rule[i];
	return best;
}

static void random_prefix(struct xtcp_prefix *p)
{
	static const u8 lengths[] = { 0, 0, 0, 32, 96, 112, 120, 128 };

	random_address(p->addr);
	p->bits = lengths[tap_below(ARRAY_SIZE(lengths))];
}

static void random_key(struct xtcp_match_key *key)
{
	random_address((u8 *)key->remote);
	random_address((u8 *)key->local);
	key->cgroup = 1 + tap_below(5);
	key->uid = tap_below(3);
	key->remote_port = 1 + tap_below(3);
	key->local_port = 1 + tap_below(3);
	key->direction = 1 + tap_below(2);
}

TEST(match_find__as_a_list_searched_to_its_end)
{
	struct xtcp_prefix remote, local;
	struct xtcp_match_key key;
	struct table t;
	u64 above[4];

	for (int round = 0; round < 500; round++) {
		table_init(&t);
		for (u32 n = 1 + tap_below(RULES - 1); n && t.x.count < RULES; n--) {
			random_prefix(&remote);
			random_prefix(&local);
			random_key(&key);
			add(&t, &remote, &local, tap_below(4) ? 1 << tap_below(6) & 0x1f : tap_below(32), &key);
		}
		for (int i = 0; i < 50; i++) {
			const struct xtcp_match_rule *found;

			random_key(&key);
			for (int k = 0; k < 4; k++)
				above[k] = tap_below(6);
			found = xtcp_match_find(&t.x, &key, cgroup_of, above);
			CHECK(found == find_naive(&t, &key, above));
		}
	}
}
