// SPDX-License-Identifier: GPL-2.0
/*
 * Any sequence of ACKs for the congestion control law. Each record of 12 bytes is one: small numbers stand for
 * themselves, larger ones for powers of two, so that both usual and absurd histories are near. Window and rate stay in
 * their bounds.
 */
#include <stdlib.h>

#include "cong.h"

#define REQUIRE(cond) do { if (!(cond)) abort(); } while (0)
#define RECORD	12

int LLVMFuzzerTestOneInput(const u8 *data, size_t len);

/* 0 to 223 are themselves, then 2^0 to 2^31. */
static u32 number(u8 byte)
{
	return byte < 224 ? byte : 1u << (byte - 224);
}

static void require_sane(const struct xtcp_law *l)
{
	REQUIRE(l->cwnd >= 1 && l->cwnd <= XTCP_LAW_CWND_MAX);
	REQUIRE(l->pace >= 1 && l->pace <= XTCP_LAW_RATE_MAX);
	REQUIRE(l->w_q8 >= XTCP_LAW_W_MIN_Q8 && l->w_q8 <= XTCP_LAW_CWND_MAX * XTCP_LAW_ONE);
	REQUIRE(l->mode <= XTCP_LAW_COMPETE);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t len)
{
	struct xtcp_law_params p = XTCP_LAW_DEFAULTS;
	struct xtcp_law l;
	u64 now = 1000000;
	u32 delivered = 1;

	if (len < RECORD)
		return 0;
	xtcp_law_init(&l, now, number(data[0]), number(data[1]) * number(data[2]), delivered, data[3]);
	require_sane(&l);
	for (data += 4, len -= 4; len >= RECORD; data += RECORD, len -= RECORD) {
		struct xtcp_law_ack a = {
			.acked = number(data[1]), .lost = number(data[2]), .ce = number(data[3]),
			.in_flight = number(data[4]), .rtt_us = number(data[5]) * number(data[6]),
			.has_sample = data[0] & 1, .app_limited = data[0] & 2,
		};

		now += (u64)number(data[7]) * number(data[8]);
		delivered += a.acked;
		a.now_us = now;
		a.delivered = delivered;
		a.prior_delivered = delivered - number(data[9]) * number(data[10]);
		xtcp_law_ack(&l, &p, &a);
		require_sane(&l);
		if (data[11] == 1)
			xtcp_law_timeout(&l, a.in_flight);
		else if (data[11] == 2)
			xtcp_law_undo(&l);
		else if (data[11] == 3)
			xtcp_law_restart(&l, now, (u64)a.in_flight * 1000);
		require_sane(&l);
	}
	return 0;
}
