// SPDX-License-Identifier: GPL-2.0
/* The harness behind tap.h: registration, the seed, the run. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

static struct tap_test *first, **last = &first;
static u64 seed, state;
static bool failed;

void tap_register(struct tap_test *t)
{
	*last = t;
	last = &t->next;
}

void tap_fail(const char *file, int line, const char *what, long long a, long long b)
{
	failed = true;
	printf("# %s:%d: not true: %s (%lld, %lld)\n", file, line, what, a, b);
}

/* An additive counter put through a mixing function: any seed is a good one. */
u64 tap_random(void)
{
	u64 z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 32) * 0xd6e8feb86659fd93;
	z = (z ^ z >> 32) * 0xd6e8feb86659fd93;
	return z ^ z >> 32;
}

u32 tap_below(u32 n)
{
	return (tap_random() >> 32) * n >> 32;
}

u32 tap_edgy(void)
{
	static const u32 around[] = { 0, 1u << 31, 1u << 16, 65535u << 14 };

	switch (tap_below(4)) {
	case 0:
		return tap_random();
	case 1:
		return tap_below(2000);
	case 2:
		return tap_random() >> (32 + tap_below(32));
	default:
		return around[tap_below(ARRAY_SIZE(around))] + tap_below(9) - 4;
	}
}

static void restart_random(const char *name)
{
	for (state = seed; *name; name++)
		state = (state ^ (u8)*name) * 0x100000001b3;
}

int main(int argc, char **argv)
{
	const char *only = argc > 1 ? argv[1] : "", *env = getenv("SEED");
	unsigned int n = 0, bad = 0;
	struct tap_test *t;

	setvbuf(stdout, NULL, _IOLBF, 0);
	seed = env && *env ? strtoull(env, NULL, 0) : (u64)time(NULL) << 16 ^ (u64)getpid();
	for (t = first; t; t = t->next)
		n += !!strstr(t->name, only);
	printf("TAP version 13\n1..%u\n# SEED=%llu\n", n, (unsigned long long)seed);

	for (n = 0, t = first; t; t = t->next) {
		if (!strstr(t->name, only))
			continue;
		failed = false;
		restart_random(t->name);
		t->run();
		bad += failed;
		printf("%s %u - %s\n", failed ? "not ok" : "ok", ++n, t->name);
	}
	printf("# %u passed, %u failed\n", n - bad, bad);
	return bad || !n;
}
