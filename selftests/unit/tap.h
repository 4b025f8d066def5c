/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A test harness in one page: TEST(function__case) { ... CHECK(...); } registers itself, a run prints TAP 13. Random
 * numbers come from one printed seed (SEED in the environment replays it); each test starts from its own stream, so a
 * test repeats whether it runs alone or with all others.
 */
#ifndef XTCP_UNIT_TAP_H
#define XTCP_UNIT_TAP_H

#include "platform.h"

struct tap_test {
	const char *name;
	void (*run)(void);
	struct tap_test *next;
};

void tap_register(struct tap_test *t);
void tap_fail(const char *file, int line, const char *what, long long a, long long b);

/* Random 64 bits, a number in [0, n), and a 32 bit number that likes 0, 2^31, 2^32 and small distances. */
u64 tap_random(void);
u32 tap_below(u32 n);
u32 tap_edgy(void);

#define TEST(fn)							\
	static void fn(void);						\
	static struct tap_test tap_##fn = { .name = #fn, .run = (fn) };	\
	__attribute__((constructor)) static void tap_reg_##fn(void)	\
	{								\
		tap_register(&tap_##fn);				\
	}								\
	static void fn(void)

/* A failed check ends its function (which must return void), so that a property test stops at the first example. */
#define CHECK(cond) do {						\
	if (!(cond)) {							\
		tap_fail(__FILE__, __LINE__, #cond, 0, 0);		\
		return;							\
	}								\
} while (0)

#define CHECK_EQ(a, b) do {						\
	long long check_a = (long long)(a), check_b = (long long)(b);	\
									\
	if (check_a != check_b) {					\
		tap_fail(__FILE__, __LINE__, #a " == " #b, check_a, check_b); \
		return;							\
	}								\
} while (0)

#endif
