// SPDX-License-Identifier: GPL-2.0
/*
 * Captures in the pcapng format (draft-ietf-opsawg-pcapng), which tcpdump and Wireshark read. Two interfaces, "A" and
 * "B": a packet appears where it was sent, with a comment saying what the link did to it, and where it was delivered.
 * So the difference between the two sides' views can be seen:
 *
 *	tcpdump -nr seed-7.pcap; tshark -r seed-7.pcap -Y frame.interface_id==0 -T fields -e ip.src -e frame.comment
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pcap.h"

#define PCAP_LIMIT (64 << 20)
#define SECTION_HEADER 0x0a0d0d0a
#define INTERFACE_DESCRIPTION 1
#define ENHANCED_PACKET 6
#define BYTE_ORDER_MAGIC 0x1a2b3c4d
/* Not the common LINKTYPE_RAW: with that, libpcap 1.10 takes two interfaces for two different types. */
#define LINKTYPE_IPV4 228
#define LINKTYPE_IPV6 229
#define OPTION_COMMENT 1
#define OPTION_NAME 2
#define OPTION_FLAGS 2
#define OPTION_RESOLUTION 9
#define FLAGS_INBOUND 1
#define FLAGS_OUTBOUND 2

static void put(struct pcap *p, const void *data, size_t len)
{
	size_t padded = (len + 3) & ~3UL;

	while (p->len + padded > p->size) {
		p->size = p->size ? 2 * p->size : 1 << 20;
		p->buf = realloc(p->buf, p->size);
		if (!p->buf)
			abort();
	}
	memcpy(p->buf + p->len, data, len);
	memset(p->buf + p->len + len, 0, padded - len);
	p->len += padded;
}

static void put32(struct pcap *p, __u32 value)
{
	put(p, &value, sizeof(value));
}

static void put_option(struct pcap *p, unsigned int code, const void *data, size_t len)
{
	put32(p, code | len << 16);
	put(p, data, len);
}

/* Every block ends with its length, which its second word repeats. */
static size_t block_begin(struct pcap *p, __u32 type)
{
	size_t at = p->len;

	put32(p, type);
	put32(p, 0);
	return at;
}

static void block_end(struct pcap *p, size_t at)
{
	__u32 total = p->len - at + 4;

	memcpy(p->buf + at + 4, &total, sizeof(total));
	put32(p, total);
}

static void put_interface(struct pcap *p, const char *name, bool ipv6)
{
	static const unsigned char nanoseconds = 9;
	size_t at = block_begin(p, INTERFACE_DESCRIPTION);

	put32(p, ipv6 ? LINKTYPE_IPV6 : LINKTYPE_IPV4);
	put32(p, 0);
	put_option(p, OPTION_NAME, name, strlen(name));
	put_option(p, OPTION_RESOLUTION, &nanoseconds, 1);
	put32(p, 0);
	block_end(p, at);
}

/**
 * pcap_reset() - starts a capture, dropping what was there
 * @p: capture, zeroed before the first time
 * @ipv6: the IP version of all packets
 */
void pcap_reset(struct pcap *p, bool ipv6)
{
	size_t at;

	p->len = 0;
	p->full = false;
	at = block_begin(p, SECTION_HEADER);
	put32(p, BYTE_ORDER_MAGIC);
	put32(p, 1);
	put32(p, ~0U);
	put32(p, ~0U);
	block_end(p, at);
	put_interface(p, "A", ipv6);
	put_interface(p, "B", ipv6);
}

/**
 * pcap_packet() - keeps one packet
 * @p: capture
 * @interface: 0 or 1
 * @outbound: sent there, else delivered there
 * @time_ns: since 1970, or since anything
 * @data: starts with the IP header
 * @len: bytes
 * @comment: or NULL
 */
void pcap_packet(struct pcap *p, int interface, bool outbound, __u64 time_ns, const void *data, size_t len,
		 const char *comment)
{
	__u32 flags = outbound ? FLAGS_OUTBOUND : FLAGS_INBOUND;
	size_t at;

	if (p->len > PCAP_LIMIT)
		p->full = true;
	if (p->full)
		return;
	at = block_begin(p, ENHANCED_PACKET);
	put32(p, interface);
	put32(p, time_ns >> 32);
	put32(p, time_ns);
	put32(p, len);
	put32(p, len);
	put(p, data, len);
	put_option(p, OPTION_FLAGS, &flags, sizeof(flags));
	if (comment)
		put_option(p, OPTION_COMMENT, comment, strlen(comment));
	put32(p, 0);
	block_end(p, at);
}

/**
 * pcap_write() - writes the capture to a file
 * @p: capture
 * @path: file, overwritten
 *
 * Return: 0 or -errno.
 */
int pcap_write(const struct pcap *p, const char *path)
{
	FILE *f = fopen(path, "w");
	size_t written;

	if (!f)
		return -errno;
	written = fwrite(p->buf, 1, p->len, f);
	if (fclose(f) || written != p->len)
		return -EIO;
	return 0;
}

void pcap_free(struct pcap *p)
{
	free(p->buf);
	memset(p, 0, sizeof(*p));
}
