// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies: what must be remembered of a SYN, folded into the ISN and the timestamp of the SYN-ACK.
 *
 * For: module/conn/listen.c when its queue is full. Never: hashes (keys and hash are the caller's), decides when to
 * use cookies, or keeps anything.
 *
 * RFC 4987 3.6 and appendix A; RFC 7323 3.2 (what comes back in TSecr).
 *
 * The ISN is a sum modulo 2^32, so that it still advances with the peer's ISN when a 4-tuple is used again:
 *
 *	hash1(4-tuple) + peer_isn + (count << 24) + ((hash2(4-tuple, count) + mss index) mod 2^24)
 *
 * A guess has to hit one of 8 indices of 2^24 in one of 3 of 256 counts: 24 in 2^32.
 */
#include "cookie.h"

#define INDEX_MASK	0xffffffu
#define COUNT_SHIFT	24

#define TS_BITS		0x3fu
#define TS_WSCALE	0x0fu	/* also: no window scale */
#define TS_SACK_OK	0x10u
#define TS_ECN		0x20u

/*
 * What peers offer, as MTU less 40 (IPv4) or 60 (IPv6): the floor for tiny offers; 576; 1280 over IPv6; 1420 - 60, the
 * usual tunnels; 1440 over IPv4; 1500 over IPv6 and over IPv4; 9000 over IPv6. Only this table may shrink what we send.
 */
static const u16 mss_table[] = { 88, 536, 1220, 1360, 1400, 1440, 1460, 8940 };

u32 xtcp_cookie_make(const struct xtcp_cookie_in *in, u16 mss, u16 *mss_out)
{
	u32 index = ARRAY_SIZE(mss_table) - 1;

	while (index && mss_table[index] > mss)
		index--;
	*mss_out = mss_table[index];

	return in->hash1 + in->peer_isn + (in->count << COUNT_SHIFT) +
	       ((in->hash2(in->ctx, in->count) + index) & INDEX_MASK);
}

u16 xtcp_cookie_check(const struct xtcp_cookie_in *in, u32 isn)
{
	u32 rest = isn - in->hash1 - in->peer_isn;
	u32 steps = (in->count - (rest >> COUNT_SHIFT)) & 0xff;
	u32 index;

	if (steps > XTCP_COOKIE_MAX_STEPS)
		return 0;
	index = (rest - in->hash2(in->ctx, in->count - steps)) & INDEX_MASK;
	return index < ARRAY_SIZE(mss_table) ? mss_table[index] : 0;
}

u32 xtcp_cookie_ts(u32 now, const struct xtcp_options *o, bool ecn)
{
	u32 bits = o->has_wscale ? min_t(u32, o->wscale, 14) : TS_WSCALE;

	if (o->sack_ok)
		bits |= TS_SACK_OK;
	if (ecn)
		bits |= TS_ECN;

	/* Never in the future, or the next segment's honest TSval would look old to the peer's PAWS. */
	if (bits > (now & TS_BITS))
		now -= TS_BITS + 1;
	return (now & ~TS_BITS) | bits;
}

void xtcp_cookie_ts_read(u32 tsecr, struct xtcp_options *o, bool *ecn)
{
	u8 wscale = tsecr & TS_WSCALE;

	o->has_wscale = wscale != TS_WSCALE;
	o->wscale = o->has_wscale ? wscale : 0;
	o->sack_ok = tsecr & TS_SACK_OK;
	*ecn = tsecr & TS_ECN;
}
