# SPDX-License-Identifier: GPL-2.0
"""A probe of one byte into a closed window is answered, the byte not taken. RFC 9293 3.8.6.1, 3.10.7.4."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    c.fill()
    edge = c.snd_nxt
    for _ in range(3):
        t.sleep(1000)
        c.inject("PA", 1, seq=edge)
        c.expect("A", ack=edge, wnd=0)
    c.inject("A", seq=edge - 1)
    c.expect("A", ack=edge, wnd=0)
