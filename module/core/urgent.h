/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The urgent pointer: RFC 9293 3.8.5, and RFC 6093 for what it means: nearly everybody takes it as the number after the
 * urgent byte, against the letter of RFC 1122, and so does this stack unless told otherwise (tcp_stdurg).
 */
#ifndef XTCP_CORE_URGENT_H
#define XTCP_CORE_URGENT_H

#include "platform.h"

/**
 * xtcp_urgent_field() - what a segment says of urgent data
 * @seq: SEG.SEQ
 * @snd_up: SND.UP, the number after the last urgent byte
 * @snd_nxt: SND.NXT
 * @field: out: the urgent pointer
 *
 * Return: true if the segment carries URG. Where SND.UP is farther than the field reaches, what was sent already points
 * as far as it can (RFC 6093 5).
 */
bool xtcp_urgent_field(u32 seq, u32 snd_up, u32 snd_nxt, u16 *field);

/**
 * struct xtcp_urgent_in - a segment with URG arrived
 * @seq: SEG.SEQ
 * @field: its urgent pointer
 * @stdurg: the pointer is the urgent byte's own number (RFC 1122)
 * @rcv_nxt: RCV.NXT
 * @copied_seq: what the user reads next
 * @known: there is an urgent byte already
 * @urg_seq: its number, if @known
 */
struct xtcp_urgent_in {
	u32 seq;
	u16 field;
	bool stdurg;
	u32 rcv_nxt;
	u32 copied_seq;
	bool known;
	u32 urg_seq;
};

/** xtcp_urgent_news() - does the segment point at an urgent byte not known yet? *@at is its number then */
bool xtcp_urgent_news(const struct xtcp_urgent_in *in, u32 *at);

#endif
