// SPDX-License-Identifier: GPL-2.0
/*
 * The window of the law "xtcp" beside flows that fill the buffer: that of CUBIC (RFC 9438), so that each gets the share
 * that another CUBIC flow would get. Called by cong.c in XTCP_LAW_COMPETE only.
 */
#include "cong.h"

/* alpha of the Reno-friendly region, RFC 9438 4.3: 3 * (1 - beta) / (1 + beta) = 0.53 */
#define ALPHA_Q8	136u
#define T_MAX_MS	100000u

/** xtcp_law_cbrt() - the cube root, rounded down */
u32 xtcp_law_cbrt(u64 x)
{
	u64 y = 0;
	int s;

	for (s = 63; s >= 0; s -= 3) {
		u64 b;

		y += y;
		b = 3 * y * (y + 1) + 1;
		if (x >> s >= b) {
			x -= b << s;
			y++;
		}
	}
	return y;
}

/* RFC 9438 4.2: K = cbrt((W_max - cwnd) / C) seconds, C = 0.4; in ms, windows in Q8. */
static u32 cubic_k_ms(u32 max_q8, u32 w_q8)
{
	u64 gap = max_q8 > w_q8 ? max_q8 - w_q8 : 0;

	return xtcp_law_cbrt(div_u64(gap * 2500000000ull, XTCP_LAW_ONE));
}

static void cubic_epoch(struct xtcp_law *l, u64 now_us)
{
	l->cubic_k_ms = cubic_k_ms(l->cubic_max_q8, l->w_q8);
	l->cubic_begin_us = now_us;
	l->reno_q8 = l->w_q8;
}

/** xtcp_law_cubic_enter() - begin at the present window, with l->cubic_max_q8 as the one of the last loss */
void xtcp_law_cubic_enter(struct xtcp_law *l, u64 now_us)
{
	cubic_epoch(l, now_us);
}

/** xtcp_law_cubic_cut() - loss: RFC 9438 4.6, 4.7 (fast convergence); @beta_q8: what remains */
void xtcp_law_cubic_cut(struct xtcp_law *l, u64 now_us, u32 beta_q8)
{
	u64 w = l->w_q8;

	l->cubic_max_q8 = w < l->cubic_max_q8 ? w * (256 + beta_q8) / 512 : w;
	l->w_q8 = max_t(u64, w * beta_q8 / 256, XTCP_LAW_CWND_MIN * XTCP_LAW_ONE);
	/* nobody grows while recovery goes on, which takes a round trip */
	cubic_epoch(l, now_us + l->view.mid_us);
}

/** xtcp_law_cubic_grow() - an ACK came: RFC 9438 4.2 to 4.5 */
void xtcp_law_cubic_grow(struct xtcp_law *l, const struct xtcp_law_ack *a)
{
	u64 ms = a->now_us > l->cubic_begin_us ? min_t(u64, div_u64(a->now_us - l->cubic_begin_us, 1000), T_MAX_MS) : 0;
	u64 t = ms + min(l->base_us / 1000, T_MAX_MS);
	u64 d = t > l->cubic_k_ms ? t - l->cubic_k_ms : l->cubic_k_ms - t;
	u64 delta, goal, w = max(l->w_q8, XTCP_LAW_ONE);

	if (a->now_us < l->cubic_begin_us)
		return;
	d = min_t(u64, d, 1000000);
	/* C * d^3 in Q8: 0.4 * 256 / 10^9 per ms^3 */
	delta = div_u64(div_u64(d * d, 100) * d, 97656);
	if (t > l->cubic_k_ms)
		goal = l->cubic_max_q8 + delta;
	else
		goal = l->cubic_max_q8 > delta ? l->cubic_max_q8 - delta : 0;
	goal = clamp_t(u64, goal, w, w + w / 2);
	w += div64_u64((goal - w) * a->acked * XTCP_LAW_ONE, w);

	/* what Reno would have */
	l->reno_q8 = min_t(u64, XTCP_LAW_CWND_MAX * XTCP_LAW_ONE, l->reno_q8 +
			   div_u64((u64)ALPHA_Q8 * a->acked * XTCP_LAW_ONE,
				   max(l->w_q8, XTCP_LAW_ONE)));
	l->w_q8 = min_t(u64, max_t(u64, w, l->reno_q8), XTCP_LAW_CWND_MAX * XTCP_LAW_ONE);
}
