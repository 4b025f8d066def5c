# SPDX-License-Identifier: GPL-2.0
"""A peer that sends single bytes with gaps between them pins memory many times its text: none of that ends the
connection, and the text that comes properly is delivered. RFC 9293 3.8.6.2 in spirit, RFC 2018 8 (SACKed text may be
dropped)."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)])
    for at in range(3, 8000, 8):
        c.inject("A", 1, seq=at)
        if at % 128 == 3:
            c.drain()
    c.drain(5)
    c.equal(c.state(), "ESTABLISHED")
    end = 1
    for _ in range(200):
        c.inject("PA", min(1000, 8001 - end), seq=end)
        answers = c.drain(250)
        c.check(answers, "no answer")
        end = max(s.ack - c.iss for s in answers)
        c.read(end - 1 - c.consumed)
        if end == 8001:
            return
    c.check(False, f"the text stops at {end}")
