/* SPDX-License-Identifier: GPL-2.0 */
/* The keyed hash of a connection's addresses and ports, for the tables (demux.c) and the numbers it starts from. */
#ifndef XTCP_IP_TUPLE_H
#define XTCP_IP_TUPLE_H

#include <linux/siphash.h>

#include "xtcp.h"

/** xtcp_tuple_hash() - siphash of @t and @salt with @key; any context */
static inline u32 xtcp_tuple_hash(const struct xtcp_tuple *t, u32 salt, const siphash_key_t *key)
{
	struct {
		struct xtcp_tuple t;
		u32 salt;
	} in __aligned(SIPHASH_ALIGNMENT);

	static_assert(sizeof(in) == 40);
	/* half the work */
	if (xtcp_tuple_is_v4(t))
		return siphash_4u32((__force u32)t->laddr.s6_addr32[3], (__force u32)t->raddr.s6_addr32[3],
				    (__force u32)t->lport << 16 | (__force u16)t->rport, salt, key);
	in.t = *t;
	in.salt = salt;
	return (u32)siphash(&in, sizeof(in), key);
}

/** xtcp_tuple_place() - the same, quicker and weaker: for the place in a table, which is never told; any context */
static inline u32 xtcp_tuple_place(const struct xtcp_tuple *t, u32 salt, const hsiphash_key_t *key)
{
	struct {
		struct xtcp_tuple t;
		u32 salt;
	} in __aligned(HSIPHASH_ALIGNMENT);

	if (xtcp_tuple_is_v4(t))
		return hsiphash_4u32((__force u32)t->laddr.s6_addr32[3], (__force u32)t->raddr.s6_addr32[3],
				     (__force u32)t->lport << 16 | (__force u16)t->rport, salt, key);
	in.t = *t;
	in.salt = salt;
	return hsiphash(&in, sizeof(in), key);
}

#endif
