/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies (RFC 4987 3.6): a connection request kept in our sequence number (and, for window scale, SACK and ECN, in
 * our timestamp) instead of in memory. The keyed hash is the caller's, so that this file stays pure.
 */
#ifndef XTCP_CORE_COOKIE_H
#define XTCP_CORE_COOKIE_H

#include "options.h"

#define XTCP_COOKIE_PERIOD_S	64	/* a counter step */
#define XTCP_COOKIE_MAX_STEPS	2	/* how many steps old an answer may be */

/**
 * struct xtcp_cookie_in - what a cookie is made of
 * @hash1: keyed hash of the 4-tuple (first key)
 * @hash2: function giving the keyed hash of the 4-tuple and the counter (second key)
 * @ctx: handed to @hash2
 * @peer_isn: SEG.SEQ of the SYN
 * @count: seconds / XTCP_COOKIE_PERIOD_S, wrapping
 */
struct xtcp_cookie_in {
	u32 hash1;
	u32 (*hash2)(const void *ctx, u32 count);
	const void *ctx;
	u32 peer_isn;
	u32 count;
};

/**
 * xtcp_cookie_make() - our ISN for a SYN whose MSS option was @mss
 *
 * @mss_out gets the MSS the cookie carries: rounded down to one of 8, at least 88.
 */
u32 xtcp_cookie_make(const struct xtcp_cookie_in *in, u16 mss, u16 *mss_out);

/** xtcp_cookie_check() - the MSS in a cookie returned as SEG.ACK - 1 (@isn), 0 if it is not one of ours or too old */
u16 xtcp_cookie_check(const struct xtcp_cookie_in *in, u32 isn);

/**
 * xtcp_cookie_ts() - fold wscale (peer's, 15 = none), sack_ok and @ecn into the low 6 bits of TSval @now
 *
 * Never ahead of @now, and less than 64 behind it.
 */
u32 xtcp_cookie_ts(u32 now, const struct xtcp_options *o, bool ecn);

/** xtcp_cookie_ts_read() - the reverse, from TSecr (offset removed); fills wscale, has_wscale and sack_ok, @ecn */
void xtcp_cookie_ts_read(u32 tsecr, struct xtcp_options *o, bool *ecn);

#endif
