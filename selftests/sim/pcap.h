/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The capture of one run, kept in memory and written only when somebody wants it.
 */
#ifndef SIM_PCAP_H
#define SIM_PCAP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

/**
 * struct pcap - a capture
 * @buf: pcapng blocks
 * @len: bytes of @buf in use
 * @size: bytes of @buf
 * @full: later packets are not kept
 */
struct pcap {
	unsigned char *buf;
	size_t len;
	size_t size;
	bool full;
};

void pcap_reset(struct pcap *p, bool ipv6);
void pcap_packet(struct pcap *p, int interface, bool outbound, __u64 time_ns, const void *data, size_t len,
		 const char *comment);
int pcap_write(const struct pcap *p, const char *path);
void pcap_free(struct pcap *p);

#endif
