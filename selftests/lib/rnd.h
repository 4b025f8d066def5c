/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Seeded random numbers for the programs that try what nobody thought of: the same seed is the same run, as far as the
 * clock and the scheduler allow. Not for several threads.
 */
#ifndef RND_H
#define RND_H

#include <stdlib.h>

#include "ints.h"

struct rnd {
	u64 state;
};

/* SALT keeps several sequences of one seed apart. */
static inline struct rnd rnd_seed(u64 seed, u64 salt)
{
	return (struct rnd) { (seed * 0x9e3779b97f4a7c15ull ^ salt * 0xbf58476d1ce4e5b9ull) | 1 };
}

static inline u32 rnd_u32(struct rnd *r)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return r->state >> 16;
}

static inline u32 rnd_below(struct rnd *r, u32 n)
{
	return rnd_u32(r) % n;
}

/* True N times in OF. */
static inline int rnd_chance(struct rnd *r, u32 n, u32 of)
{
	return rnd_below(r, of) < n;
}

/* A number from the environment, as XTCP_SEED and the counts of the fuzzers are given. */
static inline u64 rnd_environment(const char *name, u64 otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 0) : otherwise;
}

#endif /* RND_H */
