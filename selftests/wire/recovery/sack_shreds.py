# SPDX-License-Identifier: GPL-2.0
"""A peer with a tiny MSS that SACKs every second segment does not make the send queue many times as large as its text
(CVE-2019-11478). RFC 6675 4."""

import socket
import struct

MSS = 100
TEXT = 100000
SO_MEMINFO, WMEM_QUEUED = 55, 5
# What a queue may be cut into: twice the buffer and two of the largest segments; some of it is the last cut's own.
ROOM = 2 * 66560
SLACK = 1.1


def run(t):
    c = t.accept(mss=MSS, wscale=7)
    c.setopt("SO_SNDBUF", TEXT, socket.SOL_SOCKET)
    sndbuf = c.sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
    c.write(TEXT)
    while c.rcv_nxt <= TEXT:
        c.drain(50)
        c.ack()
    c.write(TEXT)
    c.drain(50)
    una, out = TEXT + 1, c.rcv_nxt
    c.check(out - una > TEXT * 3 / 4, "most of it is in flight")
    holes = range(una + MSS, out, 2 * MSS)
    for i in range(0, len(holes), 4):
        c.ack(una, sack=[(start, start + MSS) for start in reversed(holes[i:i + 4])])
    c.drain()
    raw = c.sock.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 64)
    queued = struct.unpack_from("I", raw, 4 * WMEM_QUEUED)[0]
    c.between(queued, TEXT, 2 * (sndbuf + ROOM) * SLACK, "bytes of the send queue")
    while c.rcv_nxt <= 2 * TEXT:
        c.ack()
        c.until(lambda s: s.data, 1000)
        c.drain(50)
    c.ack()
    c.equal(c.rcv_nxt, 2 * TEXT + 1, "the stream's end")
