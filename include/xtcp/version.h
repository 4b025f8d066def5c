/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The version of all of it: module, tools, packages. This is the only place that has it; scripts/version reads it here.
 * Included by module/main.c and by tools/xtcp.
 */
#ifndef XTCP_VERSION
#define XTCP_VERSION	"0.1"
#endif
