/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Chosen networks, in place of drawn ones: one transfer over a link of which one thing is bad.
 */
#ifndef SIM_SCENARIO_H
#define SIM_SCENARIO_H

#include "params.h"

struct scenario;

const struct scenario *scenario_find(const char *name);
void scenario_list(FILE *out);
void scenario_fill(const struct scenario *s, struct params *p, __u64 seed, enum pair pair, __u64 bytes);

#endif
