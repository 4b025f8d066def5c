// SPDX-License-Identifier: GPL-2.0
/*
 * The search for the path MTU.
 *
 * For: module/tx/mtuprobe.c. Never: builds or sends a probe, or reads a clock.
 *
 * RFC 4821 5.2, 7.3, 7.6, 7.7.
 */
#include "plpmtu.h"

void xtcp_plpmtu_begin(struct xtcp_plpmtu *m, u32 base, u32 most)
{
	*m = (struct xtcp_plpmtu){ .high = most, .enabled = true };
	m->low = min(base, most);
}

u32 xtcp_plpmtu_next(struct xtcp_plpmtu *m, u32 threshold, u32 now_s, u32 again_s, u32 most)
{
	if (!m->enabled || m->probe)
		return 0;
	if (m->settled) {
		if (now_s - m->settled_s < again_s)
			return 0;
		/* the path may have grown */
		m->settled = false;
		m->high = max(most, m->low);
	}
	m->high = min(m->high, most);
	if (m->high <= m->low || m->high - m->low < max(threshold, 1u)) {
		m->settled = true;
		m->settled_s = now_s;
		return 0;
	}
	return m->low + (m->high - m->low + 1) / 2;
}

void xtcp_plpmtu_arrived(struct xtcp_plpmtu *m)
{
	m->low = max(m->low, m->probe);
	m->probe = 0;
}

void xtcp_plpmtu_lost(struct xtcp_plpmtu *m)
{
	m->high = max(m->probe - 1, m->low);
	m->probe = 0;
}

void xtcp_plpmtu_black_hole(struct xtcp_plpmtu *m, u32 base, u32 floor, u32 current_mtu)
{
	u32 high = m->enabled ? m->high : current_mtu;
	u32 low = m->enabled ? m->low / 2 : current_mtu;

	xtcp_plpmtu_begin(m, max(min(low, base), floor), high);
}
