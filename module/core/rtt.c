// SPDX-License-Identifier: GPL-2.0
/*
 * Round-trip time: the smoothed estimate, the retransmission time-out made of it, and the windowed minimum.
 *
 * For: module/rx/ack.c feeds samples, module/tx/ and module/conn/timer.c ask for time-outs, module/cong/ for the
 * minimum. Never: reads a clock, arms a timer, or decides which ACK may give a sample (Karn's rule is the caller's).
 *
 * RFC 6298 2 and 5.5; K. Nichols' windowed minimum (best three samples of a sliding window).
 */
#include "rtt.h"

#define SRTT_SHIFT	3	/* SRTT is kept times 8 = 1/alpha, so that RFC 6298 2.3 needs no rounding of its own */
#define RTTVAR_SHIFT	2	/* RTTVAR is kept times 4 = 1/beta, which is also the K of RTO = SRTT + K * RTTVAR */
#define RTT_MAX_US	(~0u >> SRTT_SHIFT)

void xtcp_rtt_sample(struct xtcp_rtt *r, u32 rtt_us)
{
	u32 rtt = clamp(rtt_us, 1u, RTT_MAX_US);
	u32 srtt = r->srtt_us >> SRTT_SHIFT;

	/* RFC 6298 2.2: SRTT <- R, RTTVAR <- R/2 */
	if (!r->srtt_us) {
		r->srtt_us = rtt << SRTT_SHIFT;
		r->rttvar_us = rtt << (RTTVAR_SHIFT - 1);
		return;
	}

	/*
	 * RFC 6298 2.3, RTTVAR first as it needs the old SRTT:
	 *   RTTVAR <- 3/4 RTTVAR + 1/4 |SRTT - R|,  SRTT <- 7/8 SRTT + 1/8 R
	 * Neither sum can overflow: each is at most its scale times RTT_MAX_US once that held for the value before.
	 */
	r->rttvar_us -= r->rttvar_us >> RTTVAR_SHIFT;
	r->rttvar_us += rtt > srtt ? rtt - srtt : srtt - rtt;
	r->srtt_us += rtt - srtt;
}

u32 xtcp_rtt_rto(const struct xtcp_rtt *r, u32 min_us, u32 max_us)
{
	u64 rto;

	if (!r->srtt_us)
		return min(XTCP_RTO_INITIAL_US, max_us);
	rto = (u64)(r->srtt_us >> SRTT_SHIFT) + max(min_us, r->rttvar_us);
	return min_t(u64, rto, max_us);
}

u32 xtcp_rtt_backoff(u32 rto_us, unsigned int shift, u32 max_us)
{
	if (shift >= 32 || rto_us > max_us >> shift)
		return max_us;
	return rto_us << shift;
}

static void minrtt_set(struct xtcp_minrtt *m, unsigned int from, u32 now, u32 v)
{
	for (; from < ARRAY_SIZE(m->s); from++) {
		m->s[from].t = now;
		m->s[from].v = v;
	}
}

/*
 * The best of the window, the best of what came after it, and the best of what came after that: when the first grows
 * too old the second takes its place. Times never fall and values never fall from one to the next.
 */
u32 xtcp_minrtt_update(struct xtcp_minrtt *m, u32 win, u32 now, u32 rtt_us)
{
	u32 v = max(rtt_us, 1u);
	u32 age = now - m->s[0].t;
	unsigned int i;

	/* First sample ever (0 is no RTT), a new minimum, or nothing left that is young enough: start again. */
	if (!m->s[0].v || v <= m->s[0].v || now - m->s[2].t > win) {
		minrtt_set(m, 0, now, v);
		return v;
	}

	if (v <= m->s[1].v)
		minrtt_set(m, 1, now, v);
	else if (v <= m->s[2].v)
		minrtt_set(m, 2, now, v);

	if (age > win) {
		for (i = 0; i < 2 && now - m->s[0].t > win; i++) {
			m->s[0] = m->s[1];
			m->s[1] = m->s[2];
			minrtt_set(m, 2, now, v);
		}
		return m->s[0].v;
	}

	/* No successor seen for a quarter (half) of the window: take this one, so that one is at hand in time. */
	if (m->s[1].t == m->s[0].t && age > win / 4)
		minrtt_set(m, 1, now, v);
	else if (m->s[2].t == m->s[1].t && age > win / 2)
		minrtt_set(m, 2, now, v);
	return m->s[0].v;
}
