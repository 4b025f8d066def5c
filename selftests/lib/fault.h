/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail on demand, for kernels with fault injection (Documentation/fault-injection): the N-th of this
 * thread's next system calls (fault_arm()), or the N-th that anybody makes, softirqs too (fault_slab()).
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

/* Whether this kernel can; must come before the others. */
bool fault_open(void);

/* The N-th allocation from now on fails, once. */
void fault_arm(int n);
/* No more; true if there was an N-th. */
bool fault_disarm(void);
/* No more, either: how many allocations there were since fault_arm(N), N being more than that. */
int fault_count(int n);

/* The same for objects of slabs, in all contexts of the machine. fault_slab_off() tells whether there was an N-th. */
void fault_slab(int n);
bool fault_slab_off(void);

#endif /* FAULT_H */
