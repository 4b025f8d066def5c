/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Streams that check themselves: every byte is a function of a seed and its offset, so a lost, doubled, moved or
 * changed byte is seen at its offset, without keeping a copy of what was sent.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "ints.h"

void stream_fill(u64 seed, u64 offset, void *data, size_t len);
bool stream_check(u64 seed, u64 offset, const void *data, size_t len);

/*
 * One direction of a transfer. The caller sets tx, rx, bytes, seed and the flags; a connection with two of them carries
 * data both ways at once.
 */
struct stream {
	int tx;
	int rx;
	u64 bytes;
	u64 seed;
	size_t chunk;		/* bytes a send() or recv() at most; 0: 64 KiB */
	bool end;		/* shut the direction down after the last byte, and expect the end of the stream */
	u64 sent;
	u64 received;
	bool shut;
	bool ended;
};

int stream_run(struct stream *streams, int count, int idle_ms);

#endif /* STREAM_H */
