// SPDX-License-Identifier: GPL-2.0
/*
 * Reads and makes packet headers by offset: RFC 791, 8200, 9293; ICMP by RFC 792, 1191, 4443, 8201. Pure: nothing here
 * keeps state or does I/O.
 */
#include <netinet/in.h>
#include <string.h>

#include "packet.h"

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER 20
#define ICMP_HEADER 8
#define ICMP_QUOTE_V4 (576 - IPV4_HEADER - ICMP_HEADER)		/* RFC 1812 4.3.2.3 */
#define ICMP_QUOTE_V6 (1280 - IPV6_HEADER - ICMP_HEADER)	/* RFC 4443 3.1 */

static unsigned int get16(const unsigned char *p)
{
	return p[0] << 8 | p[1];
}

static __u32 get32(const unsigned char *p)
{
	return (__u32)get16(p) << 16 | get16(p + 2);
}

static void put16(unsigned char *p, unsigned int value)
{
	p[0] = value >> 8;
	p[1] = value;
}

/* The Internet checksum (RFC 1071), not yet folded. */
static __u64 sum16(const unsigned char *p, size_t len, __u64 sum)
{
	for (; len > 1; len -= 2, p += 2)
		sum += get16(p);
	return len ? sum + (p[0] << 8) : sum;
}

static unsigned int fold(__u64 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

/* The window scale option's value, or -1. */
static int find_wscale(const unsigned char *options, size_t len)
{
	size_t at = 0;

	while (at + 2 < len && options[at]) {
		if (options[at] == 1) {
			at++;
			continue;
		}
		if (options[at] == 3 && options[at + 1] == 3)
			return options[at + 2];
		if (options[at + 1] < 2)
			break;
		at += options[at + 1];
	}
	return -1;
}

/**
 * packet_parse() - reads a packet's headers
 * @data: starts with the IP header
 * @len: bytes
 * @v: result
 *
 * Return: false if this is no whole IP packet, or TCP with a bad header.
 */
bool packet_parse(const unsigned char *data, size_t len, struct packet_view *v)
{
	const unsigned char *tcp;

	memset(v, 0, sizeof(*v));
	if (len >= IPV6_HEADER && data[0] >> 4 == 6) {
		v->ipv6 = true;
		v->protocol = data[6];
		v->transport = IPV6_HEADER;
		v->dont_fragment = true;
	} else if (len >= IPV4_HEADER && data[0] >> 4 == 4) {
		v->protocol = data[9];
		v->transport = (data[0] & 15) * 4;
		v->dont_fragment = data[6] & 0x40;
	} else {
		return false;
	}
	if (v->protocol != IPPROTO_TCP)
		return true;
	if (len < v->transport + TCP_HEADER)
		return false;
	tcp = data + v->transport;
	v->sport = get16(tcp);
	v->dport = get16(tcp + 2);
	v->seq = get32(tcp + 4);
	v->ack = get32(tcp + 8);
	v->flags = tcp[13];
	v->window = get16(tcp + 14);
	v->payload = v->transport + (tcp[12] >> 4) * 4;
	if (v->payload > len)
		return false;
	v->length = len - v->payload;
	v->wscale = -1;
	if (v->payload > v->transport + TCP_HEADER)
		v->wscale = find_wscale(tcp + TCP_HEADER, v->payload - v->transport - TCP_HEADER);
	return true;
}

/**
 * packet_complete_checksum() - what a device with checksum offload does before it sends
 * @data: packet, not a super-segment
 * @len: bytes
 * @vnet: says where the checksum is; no longer asks for it afterwards
 */
void packet_complete_checksum(unsigned char *data, size_t len, struct virtio_net_hdr *vnet)
{
	size_t start = vnet->csum_start;

	if (!(vnet->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM))
		return;
	/* The checksum field holds the pseudo-header's sum already. */
	if (start + vnet->csum_offset + 2 <= len)
		put16(data + start + vnet->csum_offset, fold(sum16(data + start, len - start, 0)));
	memset(vnet, 0, sizeof(*vnet));
}

/* An IPv4 packet to the sender of @data; the ICMP header is at IPV4_HEADER, its checksum still to be put. */
static size_t icmp_v4(unsigned char *out, const unsigned char *data, size_t len, int type, int code, unsigned int info)
{
	static const unsigned char router[4] = { 192, 0, 2, 1 };
	size_t quote = len < ICMP_QUOTE_V4 ? len : ICMP_QUOTE_V4, total = IPV4_HEADER + ICMP_HEADER + quote;
	unsigned char *icmp = out + IPV4_HEADER;

	memset(out, 0, IPV4_HEADER + ICMP_HEADER);
	out[0] = 0x45;
	put16(out + 2, total);
	out[8] = 64;
	out[9] = IPPROTO_ICMP;
	memcpy(out + 12, router, 4);
	memcpy(out + 16, data + 12, 4);
	put16(out + 10, fold(sum16(out, IPV4_HEADER, 0)));
	icmp[0] = type;
	icmp[1] = code;
	put16(icmp + 6, info);
	memcpy(icmp + ICMP_HEADER, data, quote);
	put16(icmp + 2, fold(sum16(icmp, ICMP_HEADER + quote, 0)));
	return total;
}

static size_t icmp_v6(unsigned char *out, const unsigned char *data, size_t len, int type, int code, unsigned int info)
{
	static const unsigned char router[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	size_t quote = len < ICMP_QUOTE_V6 ? len : ICMP_QUOTE_V6;
	unsigned char *icmp = out + IPV6_HEADER;

	memset(out, 0, IPV6_HEADER + ICMP_HEADER);
	out[0] = 0x60;
	put16(out + 4, ICMP_HEADER + quote);
	out[6] = IPPROTO_ICMPV6;
	out[7] = 64;
	memcpy(out + 8, router, 16);
	memcpy(out + 24, data + 8, 16);
	icmp[0] = type;
	icmp[1] = code;
	put16(icmp + 6, info);
	memcpy(icmp + ICMP_HEADER, data, quote);
	/* The pseudo-header: addresses, length, next header (RFC 8200 8.1). */
	put16(icmp + 2, fold(sum16(out + 8, 32 + ICMP_HEADER + quote, ICMP_HEADER + quote + IPPROTO_ICMPV6)));
	return IPV6_HEADER + ICMP_HEADER + quote;
}

/**
 * packet_icmp_too_big() - the answer of a router to a packet that is too big for its next link
 * @out: result, 1280 bytes suffice
 * @data: the packet
 * @len: its bytes
 * @mtu: of the next link
 *
 * Return: bytes of @out.
 */
size_t packet_icmp_too_big(unsigned char *out, const unsigned char *data, size_t len, unsigned int mtu)
{
	return data[0] >> 4 == 4 ? icmp_v4(out, data, len, 3, 4, mtu) : icmp_v6(out, data, len, 2, 0, mtu);
}

/**
 * packet_icmp_unreachable() - the answer of a router that cannot reach the host
 * @out: result, 1280 bytes suffice
 * @data: the packet
 * @len: its bytes
 *
 * Return: bytes of @out.
 */
size_t packet_icmp_unreachable(unsigned char *out, const unsigned char *data, size_t len)
{
	return data[0] >> 4 == 4 ? icmp_v4(out, data, len, 3, 1, 0) : icmp_v6(out, data, len, 1, 3, 0);
}
