/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The simulator's only source of chance: xoshiro256** (Blackman and Vigna), its state filled by splitmix64 from a seed
 * and a stream number. Each user (the parameters, each direction of the link, each end of a connection) has a stream
 * of its own, so a change in one does not shift the draws of the others.
 *
 * Also the bytes that connections carry: a function of a key and an offset, so that a reader can check any piece.
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/* Chances are given in millionths. */
#define RNG_ALWAYS 1000000
#define RNG_PERCENT 10000

struct rng {
	__u64 s[4];
};

/* The finaliser of splitmix64: a bijection that spreads every bit of @x over all. */
static inline __u64 rng_mix(__u64 x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static inline __u64 rng_rotate(__u64 x, int n)
{
	return x << n | x >> (64 - n);
}

static inline void rng_seed(struct rng *r, __u64 seed, __u64 stream)
{
	__u64 x = rng_mix(seed) ^ rng_mix(~stream);
	int i;

	for (i = 0; i < 4; i++)
		r->s[i] = rng_mix(x + i * 0x9e3779b97f4a7c15ULL);
}

static inline __u64 rng_next(struct rng *r)
{
	__u64 result = rng_rotate(r->s[1] * 5, 7) * 9, t = r->s[1] << 17;

	r->s[2] ^= r->s[0];
	r->s[3] ^= r->s[1];
	r->s[1] ^= r->s[2];
	r->s[0] ^= r->s[3];
	r->s[2] ^= t;
	r->s[3] = rng_rotate(r->s[3], 45);
	return result;
}

/* 0 ... @n - 1 */
static inline __u64 rng_below(struct rng *r, __u64 n)
{
	return rng_next(r) % n;
}

/* @low ... @high */
static inline __u64 rng_range(struct rng *r, __u64 low, __u64 high)
{
	return low + rng_below(r, high - low + 1);
}

/* True @ppm times in a million; one draw in any case. */
static inline bool rng_chance(struct rng *r, unsigned int ppm)
{
	return rng_below(r, RNG_ALWAYS) < ppm;
}

/*
 * @low ... @high (@low > 0), every octave as likely as any other. In integers: a seed must mean the same on every
 * machine's libm.
 */
static inline __u64 rng_log(struct rng *r, __u64 low, __u64 high)
{
	int first = 63 - __builtin_clzll(low), last = 63 - __builtin_clzll(high);
	__u64 octave = 1ULL << rng_range(r, first, last), value = octave + rng_below(r, octave);

	return value < low ? low : value > high ? high : value;
}

void rng_bytes_fill(unsigned char *buf, __u64 key, __u64 offset, size_t len);
size_t rng_bytes_differ(const unsigned char *buf, __u64 key, __u64 offset, size_t len);

#endif
