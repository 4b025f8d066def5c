/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What does a connection wait for? One answer for the sender, one for the receiver, from a snapshot of its state; the
 * time between two answers is ctl/why.c's to add up.
 */
#ifndef XTCP_CORE_LIMIT_H
#define XTCP_CORE_LIMIT_H

#include "platform.h"

/* in the order of enum xtcp_limit in uapi/linux/xtcp_netlink.h */
enum xtcp_limit_kind {
	XTCP_BY_APPLICATION,	/* nothing to send, or all of it is on its way */
	XTCP_BY_SEND_BUFFER,	/* the writer waits for room, and all it wrote is on its way */
	XTCP_BY_CWND,		/* congestion control allows no more */
	XTCP_BY_PEER_WINDOW,	/* the peer has no room */
	XTCP_BY_PACING,		/* it is not time yet */
	XTCP_BY_NAGLE,		/* a small segment is held back: Nagle, cork, silly-window avoidance */
	XTCP_BY_DELAYED_ACK,	/* the same, beyond the time that the path needs: the peer delays its ACK */
	XTCP_BY_RECOVERY,	/* lost segments are being sent again, or a time-out was waited for */
	XTCP_BY_DEVICE,		/* enough of it waits in this host's queues */
	XTCP_BYS_TX,		/* the sender's are those before it */
	XTCP_BY_RX_PEER = XTCP_BYS_TX,	/* all that came was read: the peer sends nothing */
	XTCP_BY_RX_READER,	/* data waits for the application */
	XTCP_BY_RX_HOLE,	/* later data is here, an earlier segment is missing */
	XTCP_BYS
};

/**
 * struct xtcp_limit_in - the sender's state
 * @queued: payload written and never sent, bytes
 * @mss: of a full segment, bytes
 * @usable: room in the peer's window beyond what was sent, bytes
 * @in_flight: packets
 * @cwnd: packets
 * @unacked: packets sent and not acknowledged, lost ones included
 * @recovering: in fast recovery or after a time-out
 * @full: a writer waits for room in the send buffer
 * @paced: the pacing timer runs
 * @throttled: output stopped because too much waits in the device queue
 * @capped: that queue holds it back on purpose: a pacing rate was set
 */
struct xtcp_limit_in {
	u32 queued;
	u32 mss;
	u32 usable;
	u32 in_flight;
	u32 cwnd;
	u32 unacked;
	bool recovering;
	bool full;
	bool paced;
	bool throttled;
	bool capped;
};

/** xtcp_limit_tx() - what the sender waits for */
enum xtcp_limit_kind xtcp_limit_tx(const struct xtcp_limit_in *in);

/** xtcp_limit_rx() - what the receiver waits for: @hole: out-of-order data is held; @readable: bytes not read yet */
enum xtcp_limit_kind xtcp_limit_rx(bool hole, u32 readable);

/**
 * xtcp_limit_ack_delay() - of the time that an ACK was waited for, how much was not the path's doing, us
 * @waited_us: that time
 * @min_rtt_us: the shortest round trip seen, ~0u if none
 *
 * Less than a millisecond and a quarter of a round trip is
 * noise and counts as the path's.
 */
u64 xtcp_limit_ack_delay(u64 waited_us, u32 min_rtt_us);

#endif
