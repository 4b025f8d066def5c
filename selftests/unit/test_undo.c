// SPDX-License-Identifier: GPL-2.0
/* module/core/undo.c: RFC 3522, RFC 3708, RFC 5682. */
#include "tap.h"
#include "undo.h"

/* RFC 3708: each copy must come back as a duplicate, and no more than that */
TEST(undo_dsack__counts)
{
	struct xtcp_undo u;

	xtcp_undo_begin(&u, 1000, 0);
	CHECK(!xtcp_undo_all_duplicates(&u));
	xtcp_undo_retransmitted(&u, 2000, 1, 50);
	xtcp_undo_retransmitted(&u, 4000, 2, 60);
	CHECK_EQ(u.stamp, 50);
	xtcp_undo_dsack(&u, 1000, 2000, 1, 4000);
	CHECK(!xtcp_undo_all_duplicates(&u));
	xtcp_undo_dsack(&u, 2000, 4000, 2, 4000);
	CHECK(xtcp_undo_all_duplicates(&u));
	xtcp_undo_dsack(&u, 2000, 3000, 1, 4000);
	CHECK(!xtcp_undo_all_duplicates(&u));
	xtcp_undo_end(&u);
	CHECK(!xtcp_undo_all_duplicates(&u));
}

TEST(undo_dsack__not_ours)
{
	struct xtcp_undo u;

	xtcp_undo_begin(&u, 1000, 0);
	xtcp_undo_retransmitted(&u, 2000, 1, 50);
	/* below the marker, or not acknowledged yet */
	xtcp_undo_dsack(&u, 500, 1000, 1, 2000);
	xtcp_undo_dsack(&u, 1000, 2000, 1, 1500);
	CHECK_EQ(u.copies, 1);
	/* copies of an earlier episode were on their way: the count is not to be trusted */
	xtcp_undo_begin(&u, 1000, 1);
	xtcp_undo_retransmitted(&u, 2000, 1, 50);
	xtcp_undo_dsack(&u, 1000, 2000, 1, 2000);
	CHECK(!xtcp_undo_all_duplicates(&u));
}

/* RFC 3522: strictly before the retransmission, on the timestamp circle */
TEST(undo_eifel__echo)
{
	struct xtcp_undo u;

	xtcp_undo_begin(&u, 1000, 0);
	CHECK(!xtcp_undo_eifel(&u, true, 5));
	xtcp_undo_retransmitted(&u, 2000, 1, 50);
	CHECK(xtcp_undo_eifel(&u, true, 49));
	CHECK(!xtcp_undo_eifel(&u, true, 50));
	CHECK(!xtcp_undo_eifel(&u, false, 49));
	CHECK(!xtcp_undo_eifel(&u, true, 0));
	xtcp_undo_begin(&u, 1000, 0);
	xtcp_undo_retransmitted(&u, 2000, 1, 3);
	CHECK(xtcp_undo_eifel(&u, true, 0xfffffff0u));
}

/* What an earlier episode retransmitted arrives: its echo is older than this episode's first retransmission. */
TEST(undo_eifel__not_while_older_retransmissions_are_out)
{
	struct xtcp_undo u;

	xtcp_undo_begin(&u, 1000, 2);
	xtcp_undo_retransmitted(&u, 3000, 1, 50);
	CHECK(!xtcp_undo_eifel(&u, true, 49));
}

static enum xtcp_frto_verdict step(struct xtcp_frto *f, struct xtcp_frto_in in)
{
	return xtcp_frto_ack(f, &in);
}

/* RFC 5682 2.1: the head arrives, new data is sent, what was sent before the time-out arrives: spurious */
TEST(frto__spurious)
{
	struct xtcp_frto f;

	xtcp_frto_begin(&f, true);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .new_data = true, .original = true }),
		 XTCP_FRTO_SEND_NEW);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .original = true }), XTCP_FRTO_SPURIOUS);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .original = true }), XTCP_FRTO_NOTHING);
}

/* 3.1: with SACK the first such ACK tells */
TEST(frto__spurious_by_sack)
{
	struct xtcp_frto f;

	xtcp_frto_begin(&f, true);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .original = true, .sack = true, .new_data = true }),
		 XTCP_FRTO_SPURIOUS);
}

/* 2a: a duplicate ACK first; 2b with everything acknowledged: only the head was missing; 3a */
TEST(frto__genuine)
{
	struct xtcp_frto f;

	xtcp_frto_begin(&f, true);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .dup = true, .new_data = true }), XTCP_FRTO_GENUINE);
	xtcp_frto_begin(&f, true);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .complete = true, .original = true, .sack = true }),
		 XTCP_FRTO_NOTHING);
	CHECK_EQ(f.step, 0);
	xtcp_frto_begin(&f, true);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .new_data = true }), XTCP_FRTO_SEND_NEW);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ 0 }), XTCP_FRTO_NOTHING);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .sacked_new = true, .dup = true }), XTCP_FRTO_GENUINE);
}

/* 2b without new data to find out with, and switched off */
TEST(frto__cannot_tell)
{
	struct xtcp_frto f;

	xtcp_frto_begin(&f, true);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true }), XTCP_FRTO_GENUINE);
	xtcp_frto_begin(&f, false);
	CHECK_EQ(step(&f, (struct xtcp_frto_in){ .advanced = true, .original = true }), XTCP_FRTO_NOTHING);
}
