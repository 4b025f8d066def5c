/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a netlink request means by addresses, prefixes and ports, and which rule of a table is for a connection.
 *
 * THE TABLE. A rule's fields, some of them prefixes, make a key; which fields it has is its shape. All rules of a shape
 * differ in the key alone, so a shape is looked up by hashing the connection's own fields under the shape's mask: one
 * probe per shape, whatever the number of rules. Shapes are tried from the most special to the least; the first hit is
 * the answer. The number of shapes is bounded, so the time is.
 */
#ifndef XTCP_CORE_MATCH_H
#define XTCP_CORE_MATCH_H

#include "platform.h"

#define XTCP_MATCH_SHAPES	32u
#define XTCP_MATCH_CGROUPS	128u	/* levels above a socket's own that are asked: who nests pays */
#define XTCP_MATCH_WORDS	7
#define XTCP_MATCH_V4_BITS	96	/* of a v4-mapped address, what comes before IPv4's own */

/* ------------------------------------------------------------ prefixes */

/**
 * struct xtcp_prefix - an address and how much of it counts
 * @addr: IPv4 is v4-mapped
 * @bits: 0 to 128; IPv4's are XTCP_MATCH_V4_BITS more; 0: any, of both families
 */
struct xtcp_prefix {
	u8 addr[16];
	u8 bits;
};

/**
 * struct xtcp_prefix_in - a prefix as somebody asked for it
 * @addr: the address in network byte order, @len bytes, or NULL
 * @len: as given, whatever that is
 * @has_bits: @bits is given; else the whole address counts
 * @bits: length of the prefix, from the beginning of the address as it was given
 */
struct xtcp_prefix_in {
	const u8 *addr;
	u32 len;
	bool has_bits;
	u8 bits;
};

/* enum xtcp_prefix_verdict - what is wrong with one */
enum xtcp_prefix_verdict {
	XTCP_PREFIX_OK,
	XTCP_PREFIX_ALONE,	/* a length without its address */
	XTCP_PREFIX_ADDRESS,	/* neither 4 nor 16 bytes */
	XTCP_PREFIX_LONG,	/* longer than the address */
};

/** xtcp_match_address() - an address of 4 or 16 bytes as one of 16, IPv4 v4-mapped; false: it has another length */
bool xtcp_match_address(const u8 *addr, u32 len, u8 to[16]);

/** xtcp_match_prefix() - judge @in; @p is written if it is XTCP_PREFIX_OK, nothing given is any address */
enum xtcp_prefix_verdict xtcp_match_prefix(const struct xtcp_prefix_in *in, struct xtcp_prefix *p);

/** xtcp_match_shown() - @p as it would be given: its address of @len (4 or 16) bytes, and its length in @bits */
const u8 *xtcp_match_shown(const struct xtcp_prefix *p, u32 *len, u8 *bits);

/** xtcp_match_under() - does @addr (16 bytes) begin as @p says? */
bool xtcp_match_under(const struct xtcp_prefix *p, const u8 *addr);

/**
 * struct xtcp_match_ends - the two ends of a connection as a filter has them; all that is given must fit
 * @local: any by default
 * @remote: the same
 * @local_port: or 0
 * @remote_port: or 0
 */
struct xtcp_match_ends {
	struct xtcp_prefix local;
	struct xtcp_prefix remote;
	u16 local_port;
	u16 remote_port;
};

/** xtcp_match_ends_fit() - are these (addresses of 16 bytes, ports in host byte order) what @e is about? */
bool xtcp_match_ends_fit(const struct xtcp_match_ends *e, const u8 *laddr, u16 lport, const u8 *raddr, u16 rport);

/* ------------------------------------------------------------ rules */

/** struct xtcp_match_key - what is matched, masked by a shape; also such a mask */
struct xtcp_match_key {
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
		u64 word[XTCP_MATCH_WORDS];
	};
};

static_assert(sizeof(struct xtcp_match_key) == XTCP_MATCH_WORDS * sizeof(u64), "no padding");

#define XTCP_SHAPE_REMOTE_PORT	0x10
#define XTCP_SHAPE_LOCAL_PORT	0x08
#define XTCP_SHAPE_CGROUP	0x04
#define XTCP_SHAPE_UID		0x02
#define XTCP_SHAPE_DIRECTION	0x01

/**
 * struct xtcp_match_shape - which fields count; ordered by these in turn, more before less
 * @remote_bits: prefix length of the remote address, as in struct xtcp_prefix
 * @local_bits: the same for the local one
 * @fields: XTCP_SHAPE_* bits, the weightier ones higher
 * @mask: ones where these say
 */
struct xtcp_match_shape {
	u8 remote_bits;
	u8 local_bits;
	u8 fields;
	struct xtcp_match_key mask;
};

/**
 * struct xtcp_match_rule - what a rule is for
 * @key: masked by @shape
 * @shape: which fields it has
 */
struct xtcp_match_rule {
	struct xtcp_match_key key;
	struct xtcp_match_shape shape;
};

/**
 * xtcp_match_rule_init() - make a rule
 * @r: filled
 * @remote: any if its @bits are 0
 * @local: the same
 * @fields: XTCP_SHAPE_*: which of the other fields of @key count
 * @key: its addresses are not looked at
 */
void xtcp_match_rule_init(struct xtcp_match_rule *r, const struct xtcp_prefix *remote, const struct xtcp_prefix *local,
			  u8 fields, const struct xtcp_match_key *key);

/**
 * struct xtcp_match_link - a place in a chain
 * @rule: the caller's
 * @next: as struct xtcp_match_index.head
 * @tag: of the hash: a rule that cannot be meant is not looked at
 */
struct xtcp_match_link {
	const struct xtcp_match_rule *rule;
	u32 next;
	u32 tag;
};

/**
 * struct xtcp_match_index - how a rule is found; its memory is the caller's
 * @count: rules
 * @shapes: entries in @shape
 * @bits: of an index into @head, 1 to 32
 * @seed: of the hash, random
 * @shape: most special first
 * @head: 1 << @bits of them, zero at first: first of a chain, an index into @link plus one
 * @link: for each rule, in the order in which they were added; the caller looks after their number
 */
struct xtcp_match_index {
	u32 count;
	u32 shapes;
	u32 bits;
	u64 seed;
	struct xtcp_match_shape shape[XTCP_MATCH_SHAPES];
	u32 *head;
	struct xtcp_match_link *link;
};

/* enum xtcp_match_added - what became of a rule */
enum xtcp_match_added {
	XTCP_MATCH_ADDED,
	XTCP_MATCH_TWICE,	/* one with the same match is there */
	XTCP_MATCH_CROWDED,	/* there are XTCP_MATCH_SHAPES kinds of match already */
};

/** xtcp_match_add() - add @r, which must live as long as @x; there is room in @link */
enum xtcp_match_added xtcp_match_add(struct xtcp_match_index *x, const struct xtcp_match_rule *r);

/**
 * xtcp_match_find() - the rule for a connection, or NULL
 * @x: the table
 * @key: the connection's own fields; its cgroup is written
 * @cgroup: the number of the connection's cgroup, for 0, and of those above it, for 1, 2 ... in turn; 0: there is none
 * @ctx: for @cgroup
 *
 * A rule for a cgroup holds for those below it; the nearest one wins.
 */
const struct xtcp_match_rule *xtcp_match_find(const struct xtcp_match_index *x, struct xtcp_match_key *key,
					      u64 (*cgroup)(void *ctx, u32 level), void *ctx);

#endif
