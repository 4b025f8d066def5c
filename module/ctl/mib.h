/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters and drop reasons. The first list has the kernel's names where the kernel counts the same event, so that
 * nstat habits carry over; the second gives one counter and one skb drop reason to every way a segment can be dropped.
 */
#ifndef XTCP_CTL_MIB_H
#define XTCP_CTL_MIB_H

#include <linux/types.h>

struct net;
struct sk_buff;
struct sock;

#define XTCP_MIB_LIST(X)					\
	X(ActiveOpens)						\
	X(PassiveOpens)						\
	X(AttemptFails)						\
	X(EstabResets)						\
	X(InSegs)						\
	X(OutSegs)						\
	X(RetransSegs)						\
	X(InErrs)						\
	X(OutRsts)						\
	X(SyncookiesSent)					\
	X(SyncookiesRecv)					\
	X(SyncookiesFailed)					\
	X(ListenOverflows)					\
	X(ListenDrops)						\
	X(TCPReqQFullDrop)					\
	X(TCPReqQFullDoCookies)					\
	X(TW)							\
	X(TWRecycled)						\
	X(TWKilled)						\
	X(TCPTimeWaitOverflow)					\
	X(DelayedACKs)						\
	X(DelayedACKLost)					\
	X(TCPFastRetrans)					\
	X(TCPSlowStartRetrans)					\
	X(TCPLossFailures)					\
	X(TCPLostRetransmit)					\
	X(TCPTimeouts)						\
	X(TCPRenoRecovery)					\
	X(TCPSackRecovery)					\
	X(TCPSACKReneging)					\
	X(TCPSACKDiscard)					\
	X(TCPSpuriousRTOs)					\
	X(TCPDSACKOldSent)					\
	X(TCPDSACKOfoSent)					\
	X(TCPDSACKRecv)						\
	X(TCPDSACKOfoRecv)					\
	X(TCPDSACKUndo)						\
	X(TCPFullUndo)						\
	X(TCPLossUndo)						\
	X(TCPLossProbes)					\
	X(TCPLossProbeRecovery)					\
	X(TCPDeliveredCE)					\
	X(TCPAckCompressed)					\
	X(TCPFastOpenActive)					\
	X(TCPFastOpenActiveFail)				\
	X(TCPFastOpenPassive)					\
	X(TCPFastOpenPassiveFail)				\
	X(TCPFastOpenListenOverflow)				\
	X(TCPFastOpenCookieReqd)				\
	X(TCPMTUPProbes)					\
	X(TCPMTUPSuccess)					\
	X(TCPMTUPFail)						\
	X(TCPOFOQueue)						\
	X(TCPOFOMerge)						\
	X(OfoPruned)						\
	X(RcvPruned)						\
	X(TCPRcvCollapsed)					\
	X(TCPWqueueTooBig)					\
	X(TCPRcvCoalesce)					\
	X(TCPChallengeACK)					\
	X(TCPSYNChallenge)					\
	X(TCPACKSkipped)					\
	X(TCPKeepAlive)						\
	X(TCPWinProbe)						\
	X(TCPAbortOnData)					\
	X(TCPAbortOnClose)					\
	X(TCPAbortOnMemory)					\
	X(TCPAbortOnTimeout)					\
	X(TCPAbortOnLinger)					\
	X(TCPAbortFailed)					\
	X(TCPMemoryPressures)					\
	X(TCPPureAcks)						\
	X(TCPDeferAcceptDrop)					\
	X(OutOfWindowIcmps)					\
	X(LockDroppedIcmps)					\
	X(TCPOrigDataSent)					\
	X(TCPDelivered)						\
	X(TCPToZeroWindowAdv)					\
	X(TCPFromZeroWindowAdv)					\
	X(TCPWantZeroWindowAdv)

/* one entry per reason: our name, the kernel's skb drop reason */
#define XTCP_DROP_LIST(X)					\
	X(DropHeader,		SKB_DROP_REASON_PKT_TOO_SMALL)	\
	X(DropChecksum,		SKB_DROP_REASON_TCP_CSUM)	\
	X(DropPolicy,		SKB_DROP_REASON_XFRM_POLICY)	\
	X(DropFilter,		SKB_DROP_REASON_SOCKET_FILTER)	\
	X(DropMinTtl,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropBacklog,		SKB_DROP_REASON_SOCKET_BACKLOG)	\
	X(DropMemory,		SKB_DROP_REASON_NOMEM)		\
	X(DropRcvbuf,		SKB_DROP_REASON_PROTO_MEM)	\
	X(DropPaws,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropSequence,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropOldData,		SKB_DROP_REASON_TCP_OLD_DATA)	\
	X(DropOfoPruned,	SKB_DROP_REASON_TCP_OFOMERGE)	\
	X(DropFlags,		SKB_DROP_REASON_TCP_FLAGS)	\
	X(DropAck,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropRst,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropReset,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropSynInWindow,	SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropNoListener,	SKB_DROP_REASON_NO_SOCKET)	\
	X(DropSynQueue,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropAcceptQueue,	SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropCookie,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropRequest,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropTimeWait,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropAfterClose,	SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropDeferAccept,	SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropRoute,		SKB_DROP_REASON_NOT_SPECIFIED)	\
	X(DropBroadcast,	SKB_DROP_REASON_NOT_SPECIFIED)

enum xtcp_mib_item {
#define XTCP_MIB_ENUM(name) XTCP_MIB_##name,
	XTCP_MIB_LIST(XTCP_MIB_ENUM)
#undef XTCP_MIB_ENUM
	XTCP_MIB_EVENTS
};

enum xtcp_drop {
#define XTCP_DROP_ENUM(name, reason) XTCP_##name,
	XTCP_DROP_LIST(XTCP_DROP_ENUM)
#undef XTCP_DROP_ENUM
	XTCP_DROPS
};

/** struct xtcp_mib - one CPU's counters of one network namespace */
struct xtcp_mib {
	u64 events[XTCP_MIB_EVENTS];
	u64 drops[XTCP_DROPS];
};

void xtcp_mib_add(struct net *net, enum xtcp_mib_item item, unsigned int n);

/* The same by a socket, which knows its counters without asking the namespace: xtcp_mib_sk_add(sk, item, n) */
#define xtcp_mib_sk_add(sk, item, n)	this_cpu_add(xtcp_sk_net(sk)->mib->events[item], n)

static inline void xtcp_mib_inc(struct net *net, enum xtcp_mib_item item)
{
	xtcp_mib_add(net, item, 1);
}

/** xtcp_mib_drop() - free a received segment: one counter, one reason */
void xtcp_mib_drop(struct net *net, struct sk_buff *skb, enum xtcp_drop why);

/** xtcp_mib_count_drop() - count a drop whose buffer is not ours to free */
void xtcp_mib_count_drop(struct net *net, enum xtcp_drop why);

/** xtcp_mib_sum() - add up all CPUs' counters of @net into @sum; may race with counting */
void xtcp_mib_sum(const struct net *net, struct xtcp_mib *sum);

const char *xtcp_mib_name(unsigned int item);
u64 xtcp_mib_value(const struct xtcp_mib *sum, unsigned int item);
u64 xtcp_mib_read(const struct net *net, unsigned int item);

int xtcp_mib_net_init(struct net *net);
void xtcp_mib_net_exit(struct net *net);

#endif
