/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IP packets as the link sees them: reading their headers, completing a partial checksum, making an ICMP error.
 */
#ifndef SIM_PACKET_H
#define SIM_PACKET_H

#include <linux/types.h>
#include <linux/virtio_net.h>
#include <stdbool.h>
#include <stddef.h>

/* A super-segment of 64 KiB and its headers. */
#define PACKET_MAX 66000

#define PACKET_FIN 0x01
#define PACKET_SYN 0x02
#define PACKET_RST 0x04
#define PACKET_PSH 0x08
#define PACKET_ACK 0x10

/**
 * struct packet_view - a packet's headers
 * @ipv6: IP version
 * @protocol: IPPROTO_TCP, ...
 * @transport: offset of the transport header
 * @dont_fragment: too big packets are to be reported, not cut
 * @sport: TCP only, as all that follows
 * @dport: -
 * @seq: -
 * @ack: -
 * @flags: PACKET_*
 * @window: as sent, not scaled
 * @wscale: the option's value, -1 = none
 * @payload: offset of the data
 * @length: bytes of data
 */
struct packet_view {
	bool ipv6;
	unsigned int protocol;
	size_t transport;
	bool dont_fragment;
	__u16 sport;
	__u16 dport;
	__u32 seq;
	__u32 ack;
	unsigned int flags;
	unsigned int window;
	int wscale;
	size_t payload;
	size_t length;
};

bool packet_parse(const unsigned char *data, size_t len, struct packet_view *v);
void packet_complete_checksum(unsigned char *data, size_t len, struct virtio_net_hdr *vnet);
size_t packet_icmp_too_big(unsigned char *out, const unsigned char *data, size_t len, unsigned int mtu);
size_t packet_icmp_unreachable(unsigned char *out, const unsigned char *data, size_t len);

#endif
