// SPDX-License-Identifier: GPL-2.0
/*
 * Any bytes as TCP options. The first byte's low bit says whether the segment is a SYN. Beyond "no read outside": what
 * was parsed is within its limits, and writing it and parsing that gives the same again.
 */
#include <stdlib.h>

#include "options.h"

#define REQUIRE(cond) do { if (!(cond)) abort(); } while (0)

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

static void require_same(const struct xtcp_options *a, const struct xtcp_options *b)
{
	unsigned int i;

	REQUIRE(a->mss == b->mss && a->has_wscale == b->has_wscale && a->wscale == b->wscale);
	REQUIRE(a->sack_ok == b->sack_ok && a->has_ts == b->has_ts);
	REQUIRE(a->tsval == b->tsval && a->tsecr == b->tsecr);
	REQUIRE(b->nr_sack <= a->nr_sack && !b->malformed);
	for (i = 0; i < b->nr_sack; i++)
		REQUIRE(a->sack[i].start == b->sack[i].start && a->sack[i].end == b->sack[i].end);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct xtcp_options o, fast, again;
	unsigned int size;
	bool syn;
	u8 *p;

	if (!len || len > 1 + XTCP_OPTIONS_MAX_BYTES)
		return 0;
	syn = data[0] & 1;
	xtcp_options_parse(&o, data + 1, len - 1, syn);
	REQUIRE(o.nr_sack <= XTCP_OPTIONS_MAX_SACK);
	REQUIRE(!o.has_wscale || o.wscale <= 14);
	REQUIRE(syn || (!o.mss && !o.has_wscale && !o.sack_ok));

	memset(&fast, 0, sizeof(fast));
	if (xtcp_options_fast_ts(&fast, data + 1, len - 1))
		REQUIRE(o.has_ts && o.tsval == fast.tsval && o.tsecr == fast.tsecr && !o.nr_sack && !o.malformed);

	size = xtcp_options_size(&o);
	REQUIRE(size <= XTCP_OPTIONS_MAX_BYTES && !(size % 4));
	p = malloc(size);
	REQUIRE(xtcp_options_write(p, &o) == size);
	xtcp_options_parse(&again, p, size, true);
	require_same(&o, &again);
	free(p);
	return 0;
}
