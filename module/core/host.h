/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's vocabulary for the pure core when it is compiled on the host: fixed-width types, typed min and max and
 * 64-bit division, from the C library. Only platform.h includes it, for the unit tests, the fuzzers and tools; the
 * module never sees it. It holds what core/ uses and nothing more.
 */
#ifndef XTCP_CORE_HOST_H
#define XTCP_CORE_HOST_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __UINT8_TYPE__ u8;
typedef __UINT16_TYPE__ u16;
typedef __UINT32_TYPE__ u32;
typedef __UINT64_TYPE__ u64;
typedef __INT8_TYPE__ s8;
typedef __INT16_TYPE__ s16;
typedef __INT32_TYPE__ s32;
typedef __INT64_TYPE__ s64;

/* RFC 9293 3.3.2, numbered as the kernel numbers them */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
};

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* As strict as the kernel's: comparing pointers to two different types is a compile-time error under -Werror. */
#define host_pick(a, op, b) ({				\
	__typeof__(a) pick_a = (a);			\
	__typeof__(b) pick_b = (b);			\
	(void)(&pick_a == &pick_b);			\
	pick_a op pick_b ? pick_a : pick_b; })

#define min(a, b) host_pick(a, <, b)
#define max(a, b) host_pick(a, >, b)
#define min_t(type, a, b) ({				\
	type min_a = (a);				\
	type min_b = (b);				\
	min_a < min_b ? min_a : min_b; })
#define max_t(type, a, b) ({				\
	type max_a = (a);				\
	type max_b = (b);				\
	max_a > max_b ? max_a : max_b; })
#define clamp(v, lo, hi) ({				\
	__typeof__(v) clamp_v = (v);			\
	__typeof__(lo) clamp_lo = (lo);			\
	__typeof__(hi) clamp_hi = (hi);			\
	(void)(&clamp_v == &clamp_lo);			\
	(void)(&clamp_v == &clamp_hi);			\
	clamp_v < clamp_lo ? clamp_lo : clamp_v > clamp_hi ? clamp_hi : clamp_v; })
#define clamp_t(type, v, lo, hi) ({			\
	type clamp_v = (v);				\
	type clamp_lo = (lo);				\
	type clamp_hi = (hi);				\
	clamp_v < clamp_lo ? clamp_lo : clamp_v > clamp_hi ? clamp_hi : clamp_v; })

static inline u64 div_u64(u64 dividend, u32 divisor)
{
	return dividend / divisor;
}

static inline u64 div64_u64(u64 dividend, u64 divisor)
{
	return dividend / divisor;
}

#endif
