// SPDX-License-Identifier: GPL-2.0
/*
 * The bytes that connections carry: eight at a time, each word a hash of key and offset.
 */
#include <string.h>

#include "rng.h"

static __u64 word(__u64 key, __u64 offset)
{
	return rng_mix(key + (offset >> 3));
}

/**
 * rng_bytes_fill() - the bytes of a stream
 * @buf: result
 * @key: stream
 * @offset: of the first byte
 * @len: bytes
 */
void rng_bytes_fill(unsigned char *buf, __u64 key, __u64 offset, size_t len)
{
	__u64 value;
	size_t i;

	for (i = 0; i < len && (offset + i) & 7; i++)
		buf[i] = word(key, offset + i) >> ((offset + i) & 7) * 8;
	for (; i + 8 <= len; i += 8) {
		value = word(key, offset + i);
		memcpy(buf + i, &value, 8);
	}
	for (; i < len; i++)
		buf[i] = word(key, offset + i) >> ((offset + i) & 7) * 8;
}

/**
 * rng_bytes_differ() - compares with the bytes of a stream
 * @buf: what came
 * @key: stream
 * @offset: of the first byte
 * @len: bytes
 *
 * Return: the first byte that differs, or @len.
 */
size_t rng_bytes_differ(const unsigned char *buf, __u64 key, __u64 offset, size_t len)
{
	unsigned char expected[512];
	size_t at, i, piece;

	for (at = 0; at < len; at += piece) {
		piece = len - at < sizeof(expected) ? len - at : sizeof(expected);
		rng_bytes_fill(expected, key, offset + at, piece);
		if (!memcmp(buf + at, expected, piece))
			continue;
		for (i = 0; buf[at + i] == expected[i]; i++)
			;
		return at + i;
	}
	return len;
}
