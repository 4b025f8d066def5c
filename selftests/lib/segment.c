// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of TCP segments, RFC 9293 3.1: see segment.h.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "segment.h"

#define OPT_EOL		0
#define OPT_NOP		1
#define OPT_MSS		2
#define OPT_WSCALE	3
#define OPT_SACK_OK	4
#define OPT_SACK	5
#define OPT_TS		8

#define TCP_HEADER_LEN	20
#define IPV4_HEADER_LEN	20
#define IPV6_HEADER_LEN	40

static u8 *put16(u8 *to, u16 value)
{
	to[0] = value >> 8;
	to[1] = value;
	return to + 2;
}

static u8 *put32(u8 *to, u32 value)
{
	return put16(put16(to, value >> 16), value);
}

static u16 get16(const u8 *from)
{
	return from[0] << 8 | from[1];
}

static u32 get32(const u8 *from)
{
	return (u32)get16(from) << 16 | get16(from + 2);
}

static u32 sum_bytes(u32 sum, const u8 *data, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += get16(data + i);
	if (len & 1)
		sum += data[len - 1] << 8;
	return sum;
}

static u16 sum_fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

static size_t address_len(int family)
{
	return family == AF_INET6 ? 16 : 4;
}

static u32 sum_pseudo_header(const struct segment_path *path, u8 protocol, size_t len)
{
	u32 sum = protocol + len;

	sum = sum_bytes(sum, path->from, address_len(path->family));
	return sum_bytes(sum, path->to, address_len(path->family));
}

/* The IP header of LEN bytes of PROTOCOL; where its payload goes. */
static u8 *put_ip(const struct segment_path *path, u8 protocol, size_t len, u8 *packet)
{
	if (path->family == AF_INET6) {
		memset(packet, 0, IPV6_HEADER_LEN);
		packet[0] = 0x60;
		put16(packet + 4, len);
		packet[6] = protocol;
		packet[7] = 64;
		memcpy(packet + 8, path->from, 16);
		memcpy(packet + 24, path->to, 16);
		return packet + IPV6_HEADER_LEN;
	}
	memset(packet, 0, IPV4_HEADER_LEN);
	packet[0] = 0x45;
	put16(packet + 2, IPV4_HEADER_LEN + len);
	packet[6] = 0x40;
	packet[8] = 64;
	packet[9] = protocol;
	memcpy(packet + 12, path->from, 4);
	memcpy(packet + 16, path->to, 4);
	put16(packet + 10, sum_fold(sum_bytes(0, packet, IPV4_HEADER_LEN)));
	return packet + IPV4_HEADER_LEN;
}

/* Padded with NOPs to a multiple of 4. */
static u8 *put_options(const struct segment *seg, u8 *start)
{
	u8 *to = start;

	if (seg->mss) {
		*to++ = OPT_MSS;
		*to++ = 4;
		to = put16(to, seg->mss);
	}
	if (seg->has_wscale) {
		*to++ = OPT_WSCALE;
		*to++ = 3;
		*to++ = seg->wscale;
	}
	if (seg->sack_ok) {
		*to++ = OPT_SACK_OK;
		*to++ = 2;
	}
	if (seg->has_ts) {
		*to++ = OPT_TS;
		*to++ = 10;
		to = put32(put32(to, seg->tsval), seg->tsecr);
	}
	if (seg->sacks) {
		*to++ = OPT_SACK;
		*to++ = 2 + 8 * seg->sacks;
		for (int i = 0; i < seg->sacks; i++)
			to = put32(put32(to, seg->sack[i][0]), seg->sack[i][1]);
	}
	if (seg->raw_options_len) {
		memcpy(to, seg->raw_options, seg->raw_options_len);
		to += seg->raw_options_len;
	}
	while ((to - start) % 4)
		*to++ = OPT_NOP;
	return to;
}

/* The length of the packet, of SEGMENT_PACKET_MAX at most. */
size_t segment_build(const struct segment_path *path, const struct segment *seg, u8 *packet)
{
	u8 *tcp = packet + (path->family == AF_INET6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN);
	u8 *data = put_options(seg, tcp + TCP_HEADER_LEN);
	size_t len = data - tcp + seg->len;

	put16(tcp, seg->sport);
	put16(tcp + 2, seg->dport);
	put32(tcp + 4, seg->seq);
	put32(tcp + 8, seg->ack);
	tcp[12] = (data - tcp) / 4 << 4;
	tcp[13] = seg->flags;
	put16(tcp + 14, seg->win);
	put16(tcp + 16, 0);
	put16(tcp + 18, seg->urg);
	memcpy(data, seg->data, seg->len);
	put16(tcp + 16, sum_fold(sum_bytes(sum_pseudo_header(path, IPPROTO_TCP, len), tcp, len)) ^
			(seg->bad_checksum ? 0x5555 : 0));
	put_ip(path, IPPROTO_TCP, len, packet);
	return tcp - packet + len;
}

/* Makes lengths and checksums of a packet right after its bytes were changed; LEN as it shall be. */
void segment_finish(const struct segment_path *path, u8 *packet, size_t len)
{
	u8 *tcp = packet + (path->family == AF_INET6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN);

	len -= tcp - packet;
	put_ip(path, IPPROTO_TCP, len, packet);
	put16(tcp + 16, 0);
	put16(tcp + 16, sum_fold(sum_bytes(sum_pseudo_header(path, IPPROTO_TCP, len), tcp, len)));
}

static bool parse_option(struct segment *seg, u8 kind, const u8 *value, size_t len)
{
	if (kind == OPT_MSS && len == 2) {
		seg->mss = get16(value);
	} else if (kind == OPT_WSCALE && len == 1) {
		seg->has_wscale = true;
		seg->wscale = value[0];
	} else if (kind == OPT_SACK_OK && !len) {
		seg->sack_ok = true;
	} else if (kind == OPT_TS && len == 8) {
		seg->has_ts = true;
		seg->tsval = get32(value);
		seg->tsecr = get32(value + 4);
	} else if (kind == OPT_SACK && len && len % 8 == 0 && len / 8 <= SEGMENT_SACKS_MAX) {
		seg->sacks = len / 8;
		for (int i = 0; i < seg->sacks; i++) {
			seg->sack[i][0] = get32(value + 8 * i);
			seg->sack[i][1] = get32(value + 8 * i + 4);
		}
	} else {
		return false;
	}
	return true;
}

static bool parse_options(struct segment *seg, const u8 *at, const u8 *end)
{
	while (at < end && *at != OPT_EOL) {
		if (*at == OPT_NOP) {
			at++;
			continue;
		}
		if (end - at < 2 || at[1] < 2 || at[1] > end - at)
			return false;
		if (!parse_option(seg, at[0], at + 2, at[1] - 2))
			return false;
		at += at[1];
	}
	return true;
}

/* False: not a TCP segment of FAMILY, or one that no TCP should send (a wrong checksum, options that do not parse). */
bool segment_parse(int family, const u8 *packet, size_t len, struct segment *seg)
{
	size_t ip_len = family == AF_INET6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN;
	struct segment_path path = { .family = family };
	size_t header_len;
	const u8 *tcp;

	if (len < ip_len + TCP_HEADER_LEN || packet[0] >> 4 != (family == AF_INET6 ? 6 : 4))
		return false;
	if (packet[family == AF_INET6 ? 6 : 9] != IPPROTO_TCP)
		return false;
	memcpy(path.from, packet + (family == AF_INET6 ? 8 : 12), address_len(family));
	memcpy(path.to, packet + (family == AF_INET6 ? 24 : 16), address_len(family));
	tcp = packet + ip_len;
	len -= ip_len;
	header_len = (tcp[12] >> 4) * 4;
	if (header_len < TCP_HEADER_LEN || header_len > len || len - header_len > SEGMENT_DATA_MAX)
		return false;
	if (sum_fold(sum_bytes(sum_pseudo_header(&path, IPPROTO_TCP, len), tcp, len)))
		return false;
	memset(seg, 0, offsetof(struct segment, data));
	seg->sport = get16(tcp);
	seg->dport = get16(tcp + 2);
	seg->seq = get32(tcp + 4);
	seg->ack = get32(tcp + 8);
	seg->flags = tcp[13];
	seg->win = get16(tcp + 14);
	seg->urg = get16(tcp + 18);
	seg->len = len - header_len;
	memcpy(seg->data, tcp + header_len, seg->len);
	return parse_options(seg, tcp + TCP_HEADER_LEN, tcp + header_len);
}

/* An ICMP (RFC 792) or ICMPv6 (RFC 4443) error about a packet; INFO is the header's last word (MTU, pointer). */
size_t segment_icmp(const struct segment_path *path, u8 type, u8 code, u32 info, const u8 *quoted,
		    size_t quoted_len, u8 *packet)
{
	bool v6 = path->family == AF_INET6;
	u8 *icmp = packet + (v6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN);
	size_t limit = v6 ? 1200 : 548, len;
	u32 sum = 0;

	len = 8 + (quoted_len < limit ? quoted_len : limit);
	icmp[0] = type;
	icmp[1] = code;
	put16(icmp + 2, 0);
	put32(icmp + 4, info);
	memcpy(icmp + 8, quoted, len - 8);
	if (v6)
		sum = sum_pseudo_header(path, IPPROTO_ICMPV6, len);
	put16(icmp + 2, sum_fold(sum_bytes(sum, icmp, len)));
	put_ip(path, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, len, packet);
	return icmp - packet + len;
}

/* In a static buffer, of which there are two. */
const char *segment_flags_text(u8 flags)
{
	static const char names[] = "FSRP.UEW";
	static char text[2][9];
	static int which;
	char *to;

	which ^= 1;
	to = text[which];
	for (int i = 0; i < 8; i++) {
		if (flags & 1 << i)
			*to++ = names[i];
	}
	*to = 0;
	return text[which];
}

/* As tcpdump would say it; in a static buffer. */
const char *segment_text(const struct segment *seg)
{
	static char text[256];
	int n;

	n = snprintf(text, sizeof(text), "%u > %u [%s] seq %u ack %u win %u len %zu", seg->sport, seg->dport,
		     segment_flags_text(seg->flags), seg->seq, seg->ack, seg->win, seg->len);
	if (seg->mss)
		n += snprintf(text + n, sizeof(text) - n, " mss %u", seg->mss);
	if (seg->has_wscale)
		n += snprintf(text + n, sizeof(text) - n, " wscale %u", seg->wscale);
	if (seg->has_ts)
		n += snprintf(text + n, sizeof(text) - n, " TS %u/%u", seg->tsval, seg->tsecr);
	for (int i = 0; i < seg->sacks; i++)
		n += snprintf(text + n, sizeof(text) - n, " sack %u-%u", seg->sack[i][0], seg->sack[i][1]);
	return text;
}
