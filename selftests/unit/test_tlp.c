// SPDX-License-Identifier: GPL-2.0
/* module/core/tlp.c: RFC 8985 section 7. */
#include "tap.h"
#include "tlp.h"

/* 7.2: two round trips; a lone segment waits for the delayed ACK; never later than the RTO */
TEST(tlp_timeout__formula)
{
	CHECK_EQ(xtcp_tlp_timeout(50000, 2, 1000000), 100000);
	CHECK_EQ(xtcp_tlp_timeout(50000, 1, 1000000), 300000);
	CHECK_EQ(xtcp_tlp_timeout(50000, 1, 250000), 250000);
	CHECK_EQ(xtcp_tlp_timeout(0, 1, 3000000), 1000000);
	CHECK_EQ(xtcp_tlp_timeout(~0u, 10, ~0u), ~0u);
}

static struct xtcp_tlp episode(bool is_retrans)
{
	return (struct xtcp_tlp){ .active = true, .end_seq = 1000, .is_retrans = is_retrans };
}

TEST(tlp_ack__none)
{
	struct xtcp_tlp t = { 0 };

	CHECK_EQ(xtcp_tlp_ack(&t, 5000, true, true, true), XTCP_TLP_WAIT);
}

/* 7.4.2: new data needs no verdict */
TEST(tlp_ack__new_data)
{
	struct xtcp_tlp t = episode(false);

	CHECK_EQ(xtcp_tlp_ack(&t, 999, true, false, false), XTCP_TLP_WAIT);
	CHECK(t.active);
	CHECK_EQ(xtcp_tlp_ack(&t, 1000, true, false, false), XTCP_TLP_DONE);
	CHECK(!t.active);
}

/* both copies arrived: by DSACK, or by the bare duplicate ACK of a peer without it */
TEST(tlp_ack__both_arrived)
{
	struct xtcp_tlp t = episode(true);

	CHECK_EQ(xtcp_tlp_ack(&t, 1000, true, true, false), XTCP_TLP_DONE);
	t = episode(true);
	CHECK_EQ(xtcp_tlp_ack(&t, 1000, true, false, false), XTCP_TLP_WAIT);
	CHECK_EQ(xtcp_tlp_ack(&t, 1000, false, false, true), XTCP_TLP_DONE);
}

/* the stream went on without a word of a duplicate: the probe replaced a loss */
TEST(tlp_ack__repaired)
{
	struct xtcp_tlp t = episode(true);

	CHECK_EQ(xtcp_tlp_ack(&t, 1000, true, false, false), XTCP_TLP_WAIT);
	CHECK_EQ(xtcp_tlp_ack(&t, 1001, true, false, false), XTCP_TLP_REPAIRED);
	CHECK(!t.active);
}

TEST(tlp_ack__wraps)
{
	struct xtcp_tlp t = { .active = true, .end_seq = 10, .is_retrans = true };

	CHECK_EQ(xtcp_tlp_ack(&t, 0xfffffff0u, true, false, false), XTCP_TLP_WAIT);
	CHECK_EQ(xtcp_tlp_ack(&t, 11, true, false, false), XTCP_TLP_REPAIRED);
}
