# SPDX-License-Identifier: GPL-2.0
"""The send buffer grows with the congestion window: no setting is needed. tcp(7) tcp_wmem, RFC 9293 3.9.1.2."""

from lib.segment import pattern


def fill(c):
    """Writes as much as the send buffer takes."""
    count = 0
    while True:
        try:
            sent = c.sock.send(pattern(c.written, 10000))
        except BlockingIOError:
            return count
        c.written += sent
        count += sent


def run(t):
    t.sysctl("tcp_wmem", "4096 16384 4194304")
    c = t.accept(wscale=7, win=65535, ts=True)
    held = [fill(c)]
    for _ in range(8):
        t.sleep(100)
        c.drain()
        c.ack()
        c.drain(5)
        fill(c)
        held.append(c.written + 1 - c.rcv_nxt + sum(len(s.data) for s in c.drain()))
    c.check(max(held) > 4 * held[0], f"what the buffer takes: {held}")
