// SPDX-License-Identifier: GPL-2.0
/*
 * What a listener counts: connections it took, what it turned away and why, and how full its queues ever were.
 * Called in softirq, without a lock, from conn/listen.c, request.c and child.c. Raises events about drops and about
 * queues that fill up, at most one of each kind per listener and second.
 */
#include "xtcp.h"
#include "ctl/ctl.h"

enum { XTCP_LISTEN_TOLD_DROP, XTCP_LISTEN_TOLD_ALARM };

/* Not told within the last second; several CPUs may agree that they are the first, which does no harm. */
static bool xtcp_listen_tell(struct xtcp_listen_stats *stats, int kind)
{
	unsigned long last = READ_ONCE(stats->told_at[kind]);

	if (last && time_before(jiffies, last + HZ))
		return false;
	WRITE_ONCE(stats->told_at[kind], jiffies | 1);
	return true;
}

/** xtcp_listen_count() - @what happened at @listener; softirq, RCU */
void xtcp_listen_count(struct sock *listener, enum xtcp_listen_count what)
{
	struct xtcp_listen_stats *stats = &xtcp_sk(listener)->listen->stats;

	atomic64_inc(&stats->counts[what]);
	if (what != XTCP_LISTEN_DROP_ACCEPT_QUEUE && what != XTCP_LISTEN_DROP_SYN_QUEUE)
		return;
	if (xtcp_event_wanted(sock_net(listener)) && xtcp_listen_tell(stats, XTCP_LISTEN_TOLD_DROP))
		xtcp_event_listener(listener, XTCP_CMD_OVERFLOW_NTF, what == XTCP_LISTEN_DROP_SYN_QUEUE ?
				    XTCP_CAUSE_SYN_QUEUE : XTCP_CAUSE_ACCEPT_QUEUE);
}

/** xtcp_listen_queued() - its accept queue (@accept) or its SYN queue grew: mark the highest, raise the alarm */
void xtcp_listen_queued(struct sock *listener, bool accept)
{
	struct xtcp_listen *l = xtcp_sk(listener)->listen;
	unsigned int percent = READ_ONCE(xtcp_sk_net(listener)->knobs.listen_alarm_percent);
	u32 now = accept ? READ_ONCE(listener->sk_ack_backlog) : atomic_read(&l->requests);
	u32 most = READ_ONCE(listener->sk_max_ack_backlog);
	int high;

	if (accept) {
		if (now > l->stats.accept_high)
			WRITE_ONCE(l->stats.accept_high, now);
	} else {
		for (high = atomic_read(&l->stats.syn_high); high < (int)now;)
			if (atomic_try_cmpxchg(&l->stats.syn_high, &high, now))
				break;
	}
	if (!percent || (u64)now * 100 <= (u64)most * percent || !xtcp_event_wanted(sock_net(listener)))
		return;
	if (xtcp_listen_tell(&l->stats, XTCP_LISTEN_TOLD_ALARM))
		xtcp_event_listener(listener, XTCP_CMD_ALARM_NTF,
				    accept ? XTCP_CAUSE_ACCEPT_QUEUE : XTCP_CAUSE_SYN_QUEUE);
}
