/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive and send window arithmetic: RFC 9293 3.8.6, RFC 1122 4.2.3.3-4 (silly window syndrome), RFC 7323 2.
 */
#ifndef XTCP_CORE_WINDOW_H
#define XTCP_CORE_WINDOW_H

#include "platform.h"

#define XTCP_WSCALE_MAX	14

/** xtcp_window_scale() - the smallest shift that lets @max_bytes of buffer be advertised in 16 bits, at most 14 */
u8 xtcp_window_scale(u32 max_bytes);

/**
 * struct xtcp_window_in - what the choice of an advertised window depends on, all in bytes
 * @space: free room in the receive buffer, in payload bytes
 * @full_space: the receive buffer's whole size, in payload bytes
 * @current_wnd: what is still open of the window last advertised (RCV.WND)
 * @mss: the peer's segment size as estimated from what arrives
 * @clamp: upper bound set by the user (TCP_WINDOW_CLAMP), 0 = none
 * @wscale: the shift we use in our window field
 * @pressure: memory is short: do not grow the window
 */
struct xtcp_window_in {
	u32 space;
	u32 full_space;
	u32 current_wnd;
	u32 mss;
	u32 clamp;
	u8 wscale;
	bool pressure;
};

/**
 * xtcp_window_select() - the window to advertise now, in bytes
 *
 * Never smaller than @current_wnd (the right edge never moves left, RFC 9293 3.8.6.2.1: rounded up to what the scaled
 * field can say), never over 65535 << wscale, and grown only in steps of at least min(@mss, @full_space / 2)
 * (receiver's SWS avoidance, RFC 1122 4.2.3.3), @full_space bounded by @clamp; 0 when there is less room than that. The
 * result is a multiple of 1 << wscale. It exceeds @space only to keep what was advertised, or by less than one multiple
 * where the whole buffer is smaller than that.
 */
u32 xtcp_window_select(const struct xtcp_window_in *in);

/**
 * xtcp_window_worth_update() - is it worth an ACK of its own that the reader made room: one SWS step, and doubled?
 * @advertised_now: what is still open of the window last advertised
 * @would_select: what xtcp_window_select() would advertise
 * @full_space: the receive buffer's whole size, in payload bytes, bounded by the user's clamp
 * @mss: the peer's segment size as estimated from what arrives
 */
bool xtcp_window_worth_update(u32 advertised_now, u32 would_select, u32 full_space, u32 mss);

/** xtcp_window_usable() - bytes that may be sent from @snd_nxt on: SND.UNA + SND.WND - SND.NXT, never negative */
u32 xtcp_window_usable(u32 snd_una, u32 snd_wnd, u32 snd_nxt);

/**
 * xtcp_window_update_ok() - RFC 9293 3.10.7.4: may this segment update SND.WND?
 *
 * SEG.ACK is new, or it equals SND.UNA and SND.WL1 < SEG.SEQ; with SND.WL1 == SEG.SEQ too, only a larger window or 0
 * (stricter than the RFC, which lets two ACKs that changed places shrink the window).
 */
bool xtcp_window_update_ok(u32 seg_seq, u32 seg_ack, u32 snd_wl1, u32 snd_una, u32 new_wnd, u32 snd_wnd);

/**
 * struct xtcp_nagle_in - may a segment smaller than the MSS leave now?
 * @len: bytes ready to be sent as one segment
 * @mss: effective send MSS
 * @usable: usable window in bytes
 * @max_wnd: largest window the peer ever offered
 * @unacked: bytes in flight
 * @nodelay: TCP_NODELAY
 * @cork: TCP_CORK or MSG_MORE
 * @small_unacked: a small segment is still unacknowledged (Minshall's variant of Nagle)
 * @fin: the segment ends in FIN
 * @more_queued: data waits behind this segment (it is cut by the window, not by the user's writes)
 */
struct xtcp_nagle_in {
	u32 len;
	u32 mss;
	u32 usable;
	u32 max_wnd;
	u32 unacked;
	bool nodelay;
	bool cork;
	bool small_unacked;
	bool fin;
	bool more_queued;
};

/**
 * xtcp_window_nagle() - RFC 1122 4.2.3.4 sender's SWS avoidance with RFC 896 in Minshall's form
 *
 * Send when a full segment fits; or a FIN closes the stream; or all that is queued fits the window and Nagle and cork
 * do not hold it; or at least half of the largest window is usable and filled by this segment. Never when @len exceeds
 * @usable; the sequence number of a FIN is not counted in either.
 */
bool xtcp_window_nagle(const struct xtcp_nagle_in *in);

#endif
