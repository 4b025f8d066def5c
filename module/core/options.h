/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP options on the wire: RFC 9293 3.1 (EOL, NOP, MSS), RFC 7323 (window scale, timestamps), RFC 2018 (SACK), RFC
 * 7413 (Fast Open).
 * Parsing is total: any bytes give a result, nothing is read outside [p, p + len).
 */
#ifndef XTCP_CORE_OPTIONS_H
#define XTCP_CORE_OPTIONS_H

#include "platform.h"

#define XTCP_OPTIONS_MAX_BYTES	40
#define XTCP_OPTIONS_MAX_SACK	4
#define XTCP_OPTIONS_FO_MIN	4	/* bytes of a Fast Open cookie (RFC 7413 2) */
#define XTCP_OPTIONS_FO_MAX	16
#define XTCP_OPTIONS_TS_BYTES	12	/* NOP NOP TIMESTAMP, as everybody sends it */

/** struct xtcp_sack - one SACK block: bytes [start, end) */
struct xtcp_sack {
	u32 start;
	u32 end;
};

/**
 * struct xtcp_options - the options of one segment, in host byte order
 * @tsval: RFC 7323 TSval, valid if @has_ts
 * @tsecr: RFC 7323 TSecr, valid if @has_ts
 * @mss: MSS in bytes, 0 if absent; only read from SYN segments
 * @wscale: shift count, at most 14 (larger values are clamped, RFC 7323 2.3), valid if @has_wscale
 * @nr_sack: number of entries in @sack, at most XTCP_OPTIONS_MAX_SACK
 * @has_ts: a timestamp option was present
 * @has_wscale: a window scale option was present (SYN segments only)
 * @sack_ok: SACK-permitted was present (SYN segments only)
 * @has_fo: a Fast Open option was present (SYN segments only), or is to be written
 * @fo_len: bytes of the cookie in @fo, 0 asks for one (RFC 7413 2)
 * @malformed: an option overran the header or had a length below 2 (what came before it is kept, nothing after it is
 *	read), or one of the above had a length that is not its own (it is ignored, the rest is read)
 * @sack: SACK blocks in the order received, unvalidated
 * @fo: Fast Open cookie
 */
struct xtcp_options {
	u32 tsval;
	u32 tsecr;
	u16 mss;
	u8 wscale;
	u8 nr_sack;
	bool has_ts;
	bool has_wscale;
	bool sack_ok;
	bool malformed;
	bool has_fo;
	u8 fo_len;
	struct xtcp_sack sack[XTCP_OPTIONS_MAX_SACK];
	u8 fo[XTCP_OPTIONS_FO_MAX];
};

/**
 * xtcp_options_parse() - read the options of one segment
 * @o: filled completely
 * @p: first option byte
 * @len: bytes of options, 0 to 40
 * @syn: the segment carries SYN: MSS, window scale and SACK-permitted count only then
 */
void xtcp_options_parse(struct xtcp_options *o, const u8 *p, unsigned int len, bool syn);

/**
 * xtcp_options_size() - bytes xtcp_options_write() will write for @o, a multiple of 4, at most 40
 *
 * SACK blocks that do not fit are left out, last ones first.
 */
unsigned int xtcp_options_size(const struct xtcp_options *o);

/**
 * xtcp_options_write() - lay the options out in the common order (MSS, SACK-permitted, timestamps, wscale, Fast Open,
 * SACK)
 * @p: room for xtcp_options_size(@o) bytes, 4-byte aligned
 * @o: what to write; @mss != 0 writes an MSS option
 *
 * Return: the bytes written, equal to xtcp_options_size(@o).
 */
unsigned int xtcp_options_write(u8 *p, const struct xtcp_options *o);

/**
 * xtcp_options_fast_ts() - read the one option layout that established connections carry: NOP NOP TIMESTAMP
 * @o: on success tsval, tsecr, has_ts, nr_sack = 0 and malformed = false are set; otherwise untouched
 * @p: first option byte
 * @len: bytes of options
 *
 * Return: true if the options are exactly those 12 bytes.
 */
bool xtcp_options_fast_ts(struct xtcp_options *o, const u8 *p, unsigned int len);

#endif
