// SPDX-License-Identifier: GPL-2.0
/*
 * Streams that check themselves: see stream.h.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "stream.h"
#include "xnet.h"

#define STREAM_CHUNK	65536
#define STREAM_MAX	16

/* The 8 bytes at word INDEX: splitmix64, whose output has no pattern that a moved block could hide in. */
static u64 stream_word(u64 seed, u64 index)
{
	u64 z = seed + (index + 1) * 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

void stream_fill(u64 seed, u64 offset, void *data, size_t len)
{
	u64 index = offset / 8;
	size_t skip = offset % 8;
	char *to = data;

	while (len) {
		u64 word = stream_word(seed, index++);
		size_t n = 8 - skip < len ? 8 - skip : len;

		memcpy(to, (char *)&word + skip, n);
		to += n;
		len -= n;
		skip = 0;
	}
}

/* Says where the first wrong byte is. */
bool stream_check(u64 seed, u64 offset, const void *data, size_t len)
{
	static unsigned char want[STREAM_CHUNK];
	const unsigned char *got = data;
	size_t at = 0;

	while (at < len) {
		size_t n = len - at < sizeof(want) ? len - at : sizeof(want);

		stream_fill(seed, offset + at, want, n);
		if (memcmp(want, got + at, n)) {
			for (size_t i = 0; i < n; i++) {
				if (got[at + i] == want[i])
					continue;
				xnet_log("byte %llu is %#x, not %#x (seed %llu)", offset + at + i,
					 got[at + i], want[i], seed);
				break;
			}
			return false;
		}
		at += n;
	}
	return true;
}

static bool stream_done(const struct stream *s)
{
	return s->received == s->bytes && (!s->end || s->ended);
}

/* Sends what the socket takes; bytes sent, or -1. */
static ssize_t stream_send(struct stream *s)
{
	static char data[STREAM_CHUNK];
	size_t len = s->chunk ? s->chunk : STREAM_CHUNK;
	ssize_t n = 0;

	if (len > s->bytes - s->sent)
		len = s->bytes - s->sent;
	if (len) {
		stream_fill(s->seed, s->sent, data, len);
		n = send(s->tx, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n < 0) {
			xnet_log("send at %llu: %s", s->sent, strerror(errno));
			return -1;
		}
		s->sent += n;
	}
	if (s->sent == s->bytes && s->end && !s->shut) {
		s->shut = true;
		if (shutdown(s->tx, SHUT_WR)) {
			xnet_log("shutdown: %s", strerror(errno));
			return -1;
		}
	}
	return n;
}

/* Takes and checks what has arrived; bytes received, or -1. */
static ssize_t stream_receive(struct stream *s)
{
	static char data[STREAM_CHUNK];
	ssize_t n;

	n = recv(s->rx, data, s->chunk ? s->chunk : sizeof(data), MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return 0;
	if (n < 0) {
		xnet_log("recv at %llu: %s", s->received, strerror(errno));
		return -1;
	}
	if (!n) {
		s->ended = true;
		if (s->received == s->bytes && s->end)
			return 0;
		xnet_log("the stream ended at %llu of %llu bytes", s->received, s->bytes);
		errno = ENODATA;
		return -1;
	}
	if (s->received + n > s->bytes) {
		xnet_log("%llu bytes too many", s->received + n - s->bytes);
		errno = EOVERFLOW;
		return -1;
	}
	if (!stream_check(s->seed, s->received, data, n)) {
		errno = EILSEQ;
		return -1;
	}
	s->received += n;
	return n;
}

static bool stream_wants_send(const struct stream *s)
{
	return s->sent < s->bytes || (s->end && !s->shut);
}

static int stream_poll(struct stream *streams, int count, int idle_ms)
{
	struct pollfd pfd[2 * STREAM_MAX];

	for (int i = 0; i < count; i++) {
		pfd[2 * i].fd = stream_wants_send(&streams[i]) ? streams[i].tx : -1;
		pfd[2 * i].events = POLLOUT;
		pfd[2 * i + 1].fd = stream_done(&streams[i]) ? -1 : streams[i].rx;
		pfd[2 * i + 1].events = POLLIN;
	}
	return poll(pfd, 2 * count, idle_ms);
}

/* Until all has arrived, exact. An error, or nothing moving for IDLE_MS (ETIMEDOUT), is -1. */
int stream_run(struct stream *streams, int count, int idle_ms)
{
	if (count > STREAM_MAX) {
		errno = EINVAL;
		return -1;
	}
	for (;;) {
		bool all = true;

		for (int i = 0; i < count; i++) {
			if (stream_wants_send(&streams[i]) && stream_send(&streams[i]) < 0)
				return -1;
			if (!stream_done(&streams[i]) && stream_receive(&streams[i]) < 0)
				return -1;
			all = all && stream_done(&streams[i]);
		}
		if (all)
			return 0;
		if (stream_poll(streams, count, idle_ms) > 0)
			continue;
		for (int i = 0; i < count; i++)
			xnet_log("stalled: %llu sent, %llu received of %llu", streams[i].sent,
				 streams[i].received, streams[i].bytes);
		errno = ETIMEDOUT;
		return -1;
	}
}
