/* SPDX-License-Identifier: GPL-2.0 */
/* Where a program in the guest calls to have the instructions counted that run in between: see insns.c. */
#ifndef BENCH_INSNS_H
#define BENCH_INSNS_H

#define INSNS_PAGE	0x158540000000ull	/* where nothing else is ever mapped */
#define INSNS_BEGIN	(INSNS_PAGE + 64)
#define INSNS_END	(INSNS_PAGE + 128)
#define INSNS_PAUSE	(INSNS_PAGE + 192)
#define INSNS_RESUME	(INSNS_PAGE + 256)

#endif
