// SPDX-License-Identifier: GPL-2.0
/*
 * TCP options: bytes to struct xtcp_options and back.
 *
 * For: module/rx/ and module/ip/ parse what arrives, module/tx/ sizes and writes what leaves. Never: touches a packet,
 * judges whether an option was negotiated, or validates a SACK block (recovery.c does). Only [p, p + len) is read.
 *
 * RFC 9293 3.1, 3.2 (EOL, NOP, MSS, illegal lengths: MUST-5 to MUST-7), RFC 7323 2.2 and 3.2, RFC 2018 2 and 3,
 * RFC 7413 2.
 */
#include "options.h"

#define OPT_EOL		0
#define OPT_NOP		1
#define OPT_MSS		2
#define OPT_WSCALE	3
#define OPT_SACK_OK	4
#define OPT_SACK	5
#define OPT_TS		8
#define OPT_FO		34

#define MSS_BYTES	4
#define WSCALE_BYTES	3
#define SACK_OK_BYTES	2
#define TS_BYTES	10
#define FO_HEAD_BYTES	2
#define SACK_HEAD_BYTES	2
#define SACK_BLOCK_BYTES 8

#define WSCALE_LIMIT	14	/* RFC 7323 2.3: a larger shift counts as 14 */

/* The first word of the layout RFC 7323 appendix A recommends: NOP NOP kind length. */
#define TS_WORD		((u32)OPT_NOP << 24 | (u32)OPT_NOP << 16 | (u32)OPT_TS << 8 | TS_BYTES)

static_assert(XTCP_OPTIONS_TS_BYTES == 2 + TS_BYTES, "two NOPs align it");
static_assert(2 + SACK_HEAD_BYTES + XTCP_OPTIONS_MAX_SACK * SACK_BLOCK_BYTES <= XTCP_OPTIONS_MAX_BYTES, "blocks fit");

/*
 * Options have no alignment to rely on. The compiler makes one load or store of these, so the kernel's accessors, whose
 * header moves between versions, are not missed.
 */
static u16 get_be16(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static u32 get_be32(const u8 *p)
{
	return (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
}

static void put_be32(u32 v, u8 *p)
{
	p[0] = v >> 24;
	p[1] = v >> 16 & 0xff;
	p[2] = v >> 8 & 0xff;
	p[3] = v & 0xff;
}

/* RFC 2018 3: kind, length 8n + 2, n pairs of edges. */
static bool take_sack(struct xtcp_options *o, const u8 *p, unsigned int len)
{
	unsigned int i, n = (len - SACK_HEAD_BYTES) / SACK_BLOCK_BYTES;

	if (!n || len != SACK_HEAD_BYTES + n * SACK_BLOCK_BYTES)
		return false;
	n = min_t(unsigned int, n, XTCP_OPTIONS_MAX_SACK);
	for (i = 0, p += SACK_HEAD_BYTES; i < n; i++, p += SACK_BLOCK_BYTES) {
		o->sack[i].start = get_be32(p);
		o->sack[i].end = get_be32(p + 4);
	}
	o->nr_sack = n;
	return true;
}

/* RFC 7413 2: no cookie, or an even number of bytes within the bounds; anything else is ignored */
static bool take_fast_open(struct xtcp_options *o, const u8 *p, unsigned int len)
{
	unsigned int n = len - FO_HEAD_BYTES;

	if (n && (n < XTCP_OPTIONS_FO_MIN || n > XTCP_OPTIONS_FO_MAX || n % 2))
		return false;
	o->has_fo = true;
	o->fo_len = n;
	memcpy(o->fo, p + FO_HEAD_BYTES, n);
	return true;
}

/* The options that only a SYN may carry (RFC 9293 3.7.1, RFC 7323 2.2, RFC 2018 2); elsewhere they are skipped. */
static bool take_syn_only(struct xtcp_options *o, const u8 *p, unsigned int len)
{
	switch (p[0]) {
	case OPT_MSS:
		if (len != MSS_BYTES)
			return false;
		o->mss = get_be16(p + 2);
		return true;
	case OPT_WSCALE:
		if (len != WSCALE_BYTES)
			return false;
		o->wscale = min_t(u8, p[2], WSCALE_LIMIT);
		o->has_wscale = true;
		return true;
	case OPT_SACK_OK:
		if (len != SACK_OK_BYTES)
			return false;
		o->sack_ok = true;
		return true;
	case OPT_FO:
		return take_fast_open(o, p, len);
	}
	return true;
}

/*
 * One option of @len bytes, @len >= 2 and all of them present. A kind seen twice counts as last sent. Kinds that are
 * not known are skipped (RFC 9293 MUST-6).
 */
static bool take(struct xtcp_options *o, const u8 *p, unsigned int len, bool syn)
{
	switch (p[0]) {
	case OPT_TS:
		if (len != TS_BYTES)
			return false;
		o->tsval = get_be32(p + 2);
		o->tsecr = get_be32(p + 6);
		o->has_ts = true;
		return true;
	case OPT_SACK:
		return take_sack(o, p, len);
	default:
		return !syn || take_syn_only(o, p, len);
	}
}

void xtcp_options_parse(struct xtcp_options *o, const u8 *p, unsigned int len, bool syn)
{
	unsigned int i = 0, n;

	memset(o, 0, sizeof(*o));
	while (i < len && p[i] != OPT_EOL) {
		if (p[i] == OPT_NOP) {
			i++;
			continue;
		}
		n = len - i >= 2 ? p[i + 1] : 0;
		/* RFC 9293 MUST-7: survive an illegal length. Where the next option starts is then unknown. */
		if (n < 2 || n > len - i) {
			o->malformed = true;
			return;
		}
		if (!take(o, p + i, n, syn))
			o->malformed = true;
		i += n;
	}
}

static unsigned int fast_open_size(const struct xtcp_options *o)
{
	return (FO_HEAD_BYTES + min_t(unsigned int, o->fo_len, XTCP_OPTIONS_FO_MAX) + 3) / 4 * 4;
}

/* How many bytes precede the SACK option; each part is padded to four bytes, as receivers' fast paths like it. */
static unsigned int size_before_sack(const struct xtcp_options *o)
{
	unsigned int size = 0;

	if (o->mss)
		size += MSS_BYTES;
	if (o->has_ts)
		size += XTCP_OPTIONS_TS_BYTES;	/* SACK-permitted takes the place of its two NOPs */
	else if (o->sack_ok)
		size += 2 + SACK_OK_BYTES;
	if (o->has_wscale)
		size += 1 + WSCALE_BYTES;
	if (o->has_fo)
		size += fast_open_size(o);
	return size;
}

/* How many SACK blocks fit behind @before bytes. RFC 2018 4: the first ones are the news, so the last are left out. */
static unsigned int sack_fitting(const struct xtcp_options *o, unsigned int before)
{
	unsigned int head = before + 2 + SACK_HEAD_BYTES;
	unsigned int room = head < XTCP_OPTIONS_MAX_BYTES ? XTCP_OPTIONS_MAX_BYTES - head : 0;

	if (!o->nr_sack)
		return 0;
	return min_t(unsigned int, min_t(unsigned int, o->nr_sack, XTCP_OPTIONS_MAX_SACK), room / SACK_BLOCK_BYTES);
}

unsigned int xtcp_options_size(const struct xtcp_options *o)
{
	unsigned int size = size_before_sack(o), n = sack_fitting(o, size);

	/* one without a block would be malformed */
	return n ? size + 2 + SACK_HEAD_BYTES + n * SACK_BLOCK_BYTES : size;
}

static u8 *write_word(u8 *p, u8 a, u8 b, u8 c, u8 d)
{
	p[0] = a;
	p[1] = b;
	p[2] = c;
	p[3] = d;
	return p + 4;
}

static u8 *write_sack(u8 *p, const struct xtcp_options *o, unsigned int n)
{
	unsigned int i;

	p = write_word(p, OPT_NOP, OPT_NOP, OPT_SACK, SACK_HEAD_BYTES + n * SACK_BLOCK_BYTES);
	for (i = 0; i < n; i++, p += SACK_BLOCK_BYTES) {
		put_be32(o->sack[i].start, p);
		put_be32(o->sack[i].end, p + 4);
	}
	return p;
}

/* Padded in front, so that the cookie ends where the next option begins. */
static u8 *write_fast_open(u8 *p, const struct xtcp_options *o)
{
	unsigned int n = min_t(unsigned int, o->fo_len, XTCP_OPTIONS_FO_MAX);
	unsigned int pad = fast_open_size(o) - FO_HEAD_BYTES - n;

	memset(p, OPT_NOP, pad);
	p += pad;
	*p++ = OPT_FO;
	*p++ = FO_HEAD_BYTES + n;
	memcpy(p, o->fo, n);
	return p + n;
}

unsigned int xtcp_options_write(u8 *p, const struct xtcp_options *o)
{
	const u8 *begin = p;
	unsigned int n;

	if (o->mss)
		p = write_word(p, OPT_MSS, MSS_BYTES, o->mss >> 8, o->mss & 0xff);
	if (o->has_ts) {
		if (o->sack_ok)
			p = write_word(p, OPT_SACK_OK, SACK_OK_BYTES, OPT_TS, TS_BYTES);
		else
			p = write_word(p, OPT_NOP, OPT_NOP, OPT_TS, TS_BYTES);
		put_be32(o->tsval, p);
		put_be32(o->tsecr, p + 4);
		p += 8;
	} else if (o->sack_ok) {
		p = write_word(p, OPT_NOP, OPT_NOP, OPT_SACK_OK, SACK_OK_BYTES);
	}
	if (o->has_wscale)
		p = write_word(p, OPT_NOP, OPT_WSCALE, WSCALE_BYTES, min_t(u8, o->wscale, WSCALE_LIMIT));
	if (o->has_fo)
		p = write_fast_open(p, o);
	n = sack_fitting(o, p - begin);
	if (n)
		p = write_sack(p, o, n);
	return p - begin;
}

bool xtcp_options_fast_ts(struct xtcp_options *o, const u8 *p, unsigned int len)
{
	if (len != XTCP_OPTIONS_TS_BYTES || get_be32(p) != TS_WORD)
		return false;
	o->tsval = get_be32(p + 4);
	o->tsecr = get_be32(p + 8);
	o->has_ts = true;
	o->nr_sack = 0;
	o->malformed = false;
	return true;
}
