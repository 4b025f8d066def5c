// SPDX-License-Identifier: GPL-2.0
/* The bodies of the tracepoints that include/trace/events/xtcp.h declares. */
#include "xtcp.h"

#define CREATE_TRACE_POINTS
#include <trace/events/xtcp.h>
