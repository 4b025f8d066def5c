# SPDX-License-Identifier: GPL-2.0
"""Crumbs behind a hole fill the receive buffer: what is out of order is given up for what fills the hole, and no byte of
the stream is lost. RFC 2018 8, RFC 9293 3.8.6."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)])
    for i in range(60):
        c.inject("A", 1, seq=101 + 2 * i)
    c.drain(100)
    # the hole, in crumbs too, then all of it again until nothing is missing
    for _ in range(40):
        c.inject("PA", 100, seq=1)
        c.drain(50)
        for at in range(101, 221, 20):
            c.inject("PA", 20, seq=at)
        got = c.drain(50)
        if got and got[-1].ack - c.iss == 221:
            break
    c.read(220)
