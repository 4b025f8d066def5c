/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP segments as a test writes and reads them, and their packets: IPv4 or IPv6, checksums, options. Used by the
 * scripted host (peer.h); knows no connection.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "ints.h"

/* The header's control bits, RFC 9293 3.1. */
#define FIN	0x01
#define SYN	0x02
#define RST	0x04
#define PSH	0x08
#define ACK	0x10
#define URG	0x20
#define ECE	0x40
#define CWR	0x80

#define SEGMENT_DATA_MAX	1460
#define SEGMENT_PACKET_MAX	2048
#define SEGMENT_SACKS_MAX	4

struct segment {
	u16 sport;
	u16 dport;
	u32 seq;
	u32 ack;
	u8 flags;
	u16 win;		/* as on the wire: not scaled */
	u16 urg;
	/* Options; mss 0 is no MSS option. */
	u16 mss;
	bool has_wscale;
	u8 wscale;
	bool sack_ok;
	bool has_ts;
	u32 tsval;
	u32 tsecr;
	int sacks;
	u32 sack[SEGMENT_SACKS_MAX][2];
	/* Of a segment to send: its options as raw bytes, after those above. */
	const u8 *raw_options;
	size_t raw_options_len;
	bool bad_checksum;
	size_t len;
	u8 data[SEGMENT_DATA_MAX];
};

/* Two addresses, network byte order; IPv4 uses the first 4 bytes. */
struct segment_path {
	int family;
	u8 from[16];
	u8 to[16];
};

size_t segment_build(const struct segment_path *path, const struct segment *seg, u8 *packet);
void segment_finish(const struct segment_path *path, u8 *packet, size_t len);
bool segment_parse(int family, const u8 *packet, size_t len, struct segment *seg);
size_t segment_icmp(const struct segment_path *path, u8 type, u8 code, u32 info, const u8 *quoted,
		    size_t quoted_len, u8 *packet);
const char *segment_text(const struct segment *seg);
const char *segment_flags_text(u8 flags);

#endif /* SEGMENT_H */
