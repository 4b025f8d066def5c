/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loss detection by duplicate ACKs and SACK: RFC 5681 3.2, RFC 6582 (NewReno), RFC 6675 (SACK), PRR (RFC 6937bis).
 * Counting is in packets (segments of one MSS); the queue itself is the caller's.
 */
#ifndef XTCP_CORE_RECOVERY_H
#define XTCP_CORE_RECOVERY_H

#include "options.h"

#define XTCP_DUPTHRESH	3

/** xtcp_recovery_is_dupack() - RFC 5681 section 2: is this ACK a duplicate? @had_sack_news: it SACKed something new */
bool xtcp_recovery_is_dupack(u32 ack, u32 snd_una, u32 snd_nxt, u32 seg_len, bool wnd_changed, bool had_sack_news);

/**
 * xtcp_recovery_sack_ok() - validate one received SACK block (RFC 2018 section 8 and the limits of what we sent)
 *
 * Return: true if [start, end) is non-empty, starts after snd_una and ends at snd_nxt or before.
 */
bool xtcp_recovery_sack_ok(const struct xtcp_sack *b, u32 snd_una, u32 snd_nxt);

/** xtcp_recovery_is_dsack() - RFC 2883: is the first block a duplicate's (below @ack, or inside the second block)? */
bool xtcp_recovery_is_dsack(const struct xtcp_sack *b, unsigned int nr, u32 ack);

/**
 * struct xtcp_prr - Proportional Rate Reduction, RFC 6937 as revised by draft-ietf-tcpm-prr-rfc6937bis
 * @delivered: packets delivered to the peer since the reduction began
 * @out: packets sent since then
 * @recover_fs: RecoverFS: packets in flight when it began
 * @ssthresh: target, packets
 */
struct xtcp_prr {
	u32 delivered;
	u32 out;
	u32 recover_fs;
	u32 ssthresh;
};

/**
 * xtcp_prr_cwnd() - the cwnd after an ACK in recovery, packets; also adds @newly_delivered to the books
 * @p: books
 * @newly_delivered: packets that this ACK reports delivered
 * @in_flight: packets outstanding after this ACK
 * @safe: SafeACK: SND.UNA advanced and nothing new was marked lost (slow start towards ssthresh, else conservation)
 */
u32 xtcp_prr_cwnd(struct xtcp_prr *p, u32 newly_delivered, u32 in_flight, bool safe);

#endif
