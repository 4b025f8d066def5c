// SPDX-License-Identifier: GPL-2.0
/* The state diagram: figure 5 of RFC 9293 arrow by arrow, and that there are no others. */
#include "step.h"
#include "tap.h"

#define STATES	12

static void check_arrows(u8 (*step)(u8), const u8 arrows[][2], int n)
{
	for (u8 state = 1; state < STATES; state++) {
		u8 to = state;

		for (int i = 0; i < n; i++)
			if (arrows[i][0] == state)
				to = arrows[i][1];
		CHECK_EQ(step(state), to);
	}
}

TEST(step_close__arrows)
{
	static const u8 arrows[][2] = {
		{ TCP_SYN_SENT, TCP_CLOSE }, { TCP_SYN_RECV, TCP_FIN_WAIT1 },
		{ TCP_ESTABLISHED, TCP_FIN_WAIT1 }, { TCP_CLOSE_WAIT, TCP_LAST_ACK },
	};

	check_arrows(xtcp_step_close, arrows, ARRAY_SIZE(arrows));
}

TEST(step_fin_acked__arrows)
{
	static const u8 arrows[][2] = {
		{ TCP_FIN_WAIT1, TCP_FIN_WAIT2 }, { TCP_CLOSING, TCP_TIME_WAIT },
		{ TCP_LAST_ACK, TCP_CLOSE },
	};

	check_arrows(xtcp_step_fin_acked, arrows, ARRAY_SIZE(arrows));
}

TEST(step_fin__arrows)
{
	static const u8 arrows[][2] = {
		{ TCP_ESTABLISHED, TCP_CLOSE_WAIT }, { TCP_FIN_WAIT1, TCP_CLOSING },
		{ TCP_FIN_WAIT2, TCP_TIME_WAIT },
	};

	check_arrows(xtcp_step_fin, arrows, ARRAY_SIZE(arrows));
}

/* Who hears text has had no FIN, and whom a FIN moves hears. */
TEST(step_hears__until_the_fin)
{
	for (u8 state = 1; state < STATES; state++) {
		CHECK(!xtcp_step_hears(state) || !xtcp_step_heard_fin(state));
		CHECK_EQ(xtcp_step_hears(state), xtcp_step_fin(state) != state);
	}
	CHECK(xtcp_step_heard_fin(TCP_CLOSE_WAIT) && xtcp_step_heard_fin(TCP_LAST_ACK));
	CHECK(xtcp_step_heard_fin(TCP_CLOSING) && !xtcp_step_heard_fin(TCP_SYN_RECV));
}

/* RFC 9293 3.10.5 */
TEST(step_owes_reset__abort)
{
	CHECK(xtcp_step_owes_reset(TCP_SYN_RECV) && xtcp_step_owes_reset(TCP_ESTABLISHED));
	CHECK(xtcp_step_owes_reset(TCP_FIN_WAIT1) && xtcp_step_owes_reset(TCP_FIN_WAIT2));
	CHECK(xtcp_step_owes_reset(TCP_CLOSE_WAIT));
	CHECK(!xtcp_step_owes_reset(TCP_CLOSING) && !xtcp_step_owes_reset(TCP_LAST_ACK));
	CHECK(!xtcp_step_owes_reset(TCP_TIME_WAIT) && !xtcp_step_owes_reset(TCP_CLOSE));
	CHECK(!xtcp_step_owes_reset(TCP_LISTEN) && !xtcp_step_owes_reset(TCP_SYN_SENT));
}

static enum xtcp_open_verdict judge(u8 flags, u32 ack)
{
	struct xtcp_segment seg = { .seq = 77, .end_seq = 78, .ack = ack, .flags = flags };

	/* a SYN, and ten bytes of Fast Open */
	return xtcp_step_syn_sent(&seg, 1000, 1011);
}

/* RFC 9293 3.10.7.3 */
TEST(step_syn_sent__first_check_ack)
{
	CHECK_EQ(judge(XTCP_ACK, 1000), XTCP_OPEN_DROP_ACK);
	CHECK_EQ(judge(XTCP_SYN | XTCP_ACK, 1000), XTCP_OPEN_DROP_ACK);
	CHECK_EQ(judge(XTCP_SYN | XTCP_ACK, 1012), XTCP_OPEN_DROP_ACK);
	CHECK_EQ(judge(XTCP_RST | XTCP_ACK, 1012), XTCP_OPEN_DROP_ACK);
	CHECK_EQ(judge(XTCP_SYN | XTCP_ACK, 1001), XTCP_OPEN_SYNACK);
	CHECK_EQ(judge(XTCP_SYN | XTCP_ACK, 1011), XTCP_OPEN_SYNACK);
}

TEST(step_syn_sent__second_check_rst)
{
	CHECK_EQ(judge(XTCP_RST | XTCP_ACK, 1001), XTCP_OPEN_REFUSED);
	CHECK_EQ(judge(XTCP_RST, 1001), XTCP_OPEN_DROP_RST);
	CHECK_EQ(judge(XTCP_RST | XTCP_SYN, 0), XTCP_OPEN_DROP_RST);
}

TEST(step_syn_sent__fourth_check_syn)
{
	CHECK_EQ(judge(XTCP_SYN, 0), XTCP_OPEN_SYN);
	CHECK_EQ(judge(XTCP_ACK, 1001), XTCP_OPEN_DROP);
	CHECK_EQ(judge(0, 0), XTCP_OPEN_DROP);
	CHECK_EQ(judge(XTCP_FIN, 0), XTCP_OPEN_DROP);
}
