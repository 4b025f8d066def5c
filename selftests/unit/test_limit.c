// SPDX-License-Identifier: GPL-2.0
/* What a connection waits for, case by case, and that there always is one answer. */
#include "limit.h"
#include "tap.h"

/* Ten segments wait, five are in flight, everything is open. */
static const struct xtcp_limit_in usual = {
	.queued = 10000, .mss = 1000, .usable = 100000, .in_flight = 5, .cwnd = 100, .unacked = 5,
};

TEST(limit_tx__nothing_to_send)
{
	struct xtcp_limit_in in = usual;

	in.queued = 0;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_APPLICATION);
	in.full = true;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_SEND_BUFFER);
	/* a writer that waits although nothing is in flight waits for no ACK */
	in.unacked = 0;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_APPLICATION);
}

TEST(limit_tx__windows)
{
	struct xtcp_limit_in in = usual;

	in.cwnd = 5;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_CWND);
	in.usable = 999;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PEER_WINDOW);
	in.cwnd = 100;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PEER_WINDOW);
	/* what waits to become a larger burst waits for the nearer window */
	in.usable = 20000;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PEER_WINDOW);
	in.cwnd = 10;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_CWND);
}

TEST(limit_tx__a_small_rest)
{
	struct xtcp_limit_in in = usual;

	in.queued = 999;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_NAGLE);
	in.full = true;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_SEND_BUFFER);
	in.usable = 998;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PEER_WINDOW);
}

TEST(limit_tx__held_here)
{
	struct xtcp_limit_in in = usual;

	in.throttled = true;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_DEVICE);
	in.capped = true;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PACING);
	in.throttled = false;
	in.paced = true;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PACING);
}

TEST(limit_tx__recovery_first)
{
	struct xtcp_limit_in in = usual;

	in.recovering = true;
	in.paced = true;
	in.usable = 0;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_RECOVERY);
	in.unacked = 0;
	CHECK_EQ(xtcp_limit_tx(&in), XTCP_BY_PACING);
}

TEST(limit_rx__hole_reader_peer)
{
	CHECK_EQ(xtcp_limit_rx(true, 1), XTCP_BY_RX_HOLE);
	CHECK_EQ(xtcp_limit_rx(false, 1), XTCP_BY_RX_READER);
	CHECK_EQ(xtcp_limit_rx(false, 0), XTCP_BY_RX_PEER);
}

TEST(limit_ack_delay__what_the_path_does_not_explain)
{
	CHECK_EQ(xtcp_limit_ack_delay(40000, 100), 39900);
	CHECK_EQ(xtcp_limit_ack_delay(1000, 100), 0);
	CHECK_EQ(xtcp_limit_ack_delay(120000, 100000), 0);
	CHECK_EQ(xtcp_limit_ack_delay(140000, 100000), 40000);
	CHECK_EQ(xtcp_limit_ack_delay(1000000, ~0u), 0);
}

/* Any state has an answer of the sender's, and a delay is never more than the wait. */
TEST(limit_tx__any_state)
{
	for (int i = 0; i < 100000; i++) {
		struct xtcp_limit_in in = {
			.queued = tap_edgy(), .mss = 1 + tap_below(65535), .usable = tap_edgy(),
			.in_flight = tap_edgy(), .cwnd = tap_edgy(),
			.unacked = tap_below(2), .recovering = tap_below(2), .full = tap_below(2),
			.paced = tap_below(2), .throttled = tap_below(2), .capped = tap_below(2),
		};
		u32 waited = tap_edgy();

		CHECK(xtcp_limit_tx(&in) <= XTCP_BY_DEVICE && xtcp_limit_tx(&in) != XTCP_BY_DELAYED_ACK);
		CHECK(xtcp_limit_ack_delay(waited, tap_edgy()) <= waited);
	}
}
