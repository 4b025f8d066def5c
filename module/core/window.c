// SPDX-License-Identifier: GPL-2.0
/*
 * Window arithmetic: how much to advertise, how much may be sent, when a small segment or a small window has to wait.
 *
 * For: module/tx/ for every segment that leaves, module/rx/ack.c for window updates, module/sock/ when the reader made
 * room. Never: looks at buffers or queues itself, remembers anything from call to call.
 *
 * RFC 9293 3.8.6, RFC 1122 4.2.3.3 and 4.2.3.4 (silly window syndrome), RFC 896, RFC 7323 2.
 */
#include "seq.h"
#include "window.h"

#define WINDOW_FIELD_MAX	65535u

u8 xtcp_window_scale(u32 max_bytes)
{
	u8 shift = 0;

	while (shift < XTCP_WSCALE_MAX && WINDOW_FIELD_MAX << shift < max_bytes)
		shift++;
	return shift;
}

u32 xtcp_window_select(const struct xtcp_window_in *in)
{
	u32 unit = 1u << in->wscale;
	u32 most = WINDOW_FIELD_MAX << in->wscale;
	u32 current_wnd = min(in->current_wnd, most);
	u32 full = min(in->full_space, most);
	u32 keep, step, room, offer;

	/* RFC 9293 3.8.6.2.1: not shrunk; rounded up, as the field cannot say less without moving the edge left. */
	keep = (current_wnd + unit - 1) & ~(unit - 1);
	if (in->pressure)
		return keep;

	if (in->clamp)
		full = min(full, in->clamp);
	room = min(in->space, full);

	/* RFC 1122 4.2.3.3: the edge stays until it can move by min(Fr * RCV.BUFF, Eff.snd.MSS), Fr = 1/2. */
	step = max(min(in->mss, full / 2), 1u);

	/*
	 * Rounded down, as room promised must exist. Only a buffer smaller than one unit of the field would then never
	 * open: it is offered one unit.
	 */
	offer = room & ~(unit - 1);
	if (!offer && full < unit && room >= step)
		offer = unit;

	return offer >= keep && offer - current_wnd >= step ? offer : keep;
}

bool xtcp_window_worth_update(u32 advertised_now, u32 would_select, u32 full_space, u32 mss)
{
	u32 step = max(min(mss, full_space / 2), 1u);

	/*
	 * RFC 1122 4.2.3.3 asks for one step. Doubling as well keeps a slow reader of a large buffer from paying one
	 * ACK per segment, and cannot stall: while half the largest window is open the sender may fill it (4.2.3.4).
	 */
	if (would_select <= advertised_now || would_select - advertised_now < step)
		return false;
	return would_select / 2 >= advertised_now;
}

u32 xtcp_window_usable(u32 snd_una, u32 snd_wnd, u32 snd_nxt)
{
	u32 in_flight = snd_nxt - snd_una;

	/* The peer may have shrunk its window below what is in flight (RFC 9293 3.8.6, MUST-34). */
	return snd_wnd > in_flight ? snd_wnd - in_flight : 0;
}

bool xtcp_window_update_ok(u32 seg_seq, u32 seg_ack, u32 snd_wl1, u32 snd_una, u32 new_wnd, u32 snd_wnd)
{
	if (xtcp_seq_lt(seg_ack, snd_una))
		return false;
	if (seg_ack != snd_una || xtcp_seq_gt(seg_seq, snd_wl1))
		return true;

	/*
	 * Same sequence number, same ACK: RFC 9293 takes it, but two such ACKs that changed places cannot be told from
	 * a window that shrank. A larger window is news; so is 0, or a peer out of memory would be timed out, not
	 * probed.
	 */
	return seg_seq == snd_wl1 && (new_wnd > snd_wnd || !new_wnd);
}

bool xtcp_window_nagle(const struct xtcp_nagle_in *in)
{
	/* RFC 1122 4.2.3.4, D = len, U = usable: nothing leaves that does not fit. */
	if (in->len > in->usable)
		return false;
	if (in->fin)
		return true;
	if (!in->len)
		return false;

	/* (1) a full segment; (3) Fs = 1/2 of the largest window, for peers whose window is small */
	if (in->len >= in->mss || in->len >= in->max_wnd - in->max_wnd / 2)
		return true;

	/* A tail that only the window cut off: TCP_NODELAY does not allow silly segments; corking wants full ones. */
	if (in->more_queued || in->cork)
		return false;

	/* (2) all that is queued; RFC 896 in Minshall's form: at most one small segment in flight */
	return in->nodelay || !in->unacked || !in->small_unacked;
}
