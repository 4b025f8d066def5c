/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The input of a fuzz target as a stream of fields; zeros follow its end.
 */
#ifndef READER_H
#define READER_H

#include <stdlib.h>

#include "platform.h"

#define REQUIRE(cond) do { if (!(cond)) abort(); } while (0)

struct reader {
	const u8 *p;
	size_t left;
};

static inline u32 take(struct reader *r, unsigned int bytes)
{
	u32 v = 0;

	for (; bytes; bytes--) {
		v <<= 8;
		if (r->left) {
			v |= *r->p++;
			r->left--;
		}
	}
	return v;
}

/* From one byte: 0 to 223 are themselves, then 2^0 to 2^31. */
static inline u32 take_number(struct reader *r)
{
	u32 byte = take(r, 1);

	return byte < 224 ? byte : 1u << (byte - 224);
}

#endif /* READER_H */
