/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's names for integers of a fixed size.
 */
#ifndef INTS_H
#define INTS_H

#include <linux/types.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;

#define __printf(format, first)	__attribute__((__format__(__printf__, format, first)))

#endif /* INTS_H */
