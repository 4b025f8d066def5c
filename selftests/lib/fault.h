/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Allocations that fail on demand, for kernels with fault injection (Documentation/fault-injection): the N-th of this
 * thread's next system calls (fault_arm()), or one that anybody makes, softirqs too (fault_slab()).
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

/*
 * An object of a slab, in all contexts of the machine: the first one after BYTES of them, once. (The kernel's own count
 * of allocations cannot be set back.) fault_slab_off() tells whether there was one; fault_slab_bytes() how many bytes
 * of objects there were since fault_slab(BYTES), which were not used up.
 */
void fault_slab(int bytes);
bool fault_slab_off(void);
int fault_slab_bytes(int bytes);

#endif /* FAULT_H */
