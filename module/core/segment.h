/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP segment as the pure core sees it: the header's fields in host order, and flag names (RFC 9293 3.1).
 */
#ifndef XTCP_CORE_SEGMENT_H
#define XTCP_CORE_SEGMENT_H

#include "platform.h"

#define XTCP_FIN	0x01
#define XTCP_SYN	0x02
#define XTCP_RST	0x04
#define XTCP_PSH	0x08
#define XTCP_ACK	0x10
#define XTCP_URG	0x20
#define XTCP_ECE	0x40
#define XTCP_CWR	0x80

/**
 * struct xtcp_segment - one received segment
 * @seq: SEG.SEQ
 * @end_seq: SEG.SEQ + SEG.LEN, SYN and FIN counted
 * @ack: SEG.ACK, meaningful if XTCP_ACK is set
 * @wnd: the window field, not yet scaled
 * @flags: XTCP_FIN ... XTCP_CWR
 */
struct xtcp_segment {
	u32 seq;
	u32 end_seq;
	u32 ack;
	u16 wnd;
	u8 flags;
};

#endif
