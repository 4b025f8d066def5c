# SPDX-License-Identifier: GPL-2.0
"""TCP_WINDOW_CLAMP bounds the window that is offered, from the SYN-ACK on. tcp(7)."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536),
                          (socket.IPPROTO_TCP, socket.TCP_WINDOW_CLAMP, 4000)])
    seen = [t.seen[-1].win]
    for _ in range(30):
        c.inject("PA", 1000)
        seen += [got.win for got in c.drain(250)]
        c.read(1000)
    c.between(max(seen), 2000, 4000, "the largest window")
