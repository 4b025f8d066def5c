/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the pure core needs from its surroundings: fixed-width types, bool, and a few helpers. In the module
 * they come from the kernel's headers, on the host from the C library. Nothing else may be included by core/.
 */
#ifndef XTCP_CORE_PLATFORM_H
#define XTCP_CORE_PLATFORM_H

#ifdef __KERNEL__
#include <linux/build_bug.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/tcp_states.h>
#else
#include "host.h"
#endif

#endif
