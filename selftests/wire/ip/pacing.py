# SPDX-License-Identifier: GPL-2.0
"""SO_MAX_PACING_RATE spreads what is sent over time. socket(7), RFC 9002 7.7 on pacing."""

import socket

SO_MAX_PACING_RATE = 47


def run(t):
    c = t.accept()
    c.sock.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, 20000)
    c.write(120000)
    total = 0
    for _ in range(40):
        total += sum(len(s.data) for s in c.drain(100))
        c.ack()
    c.between(total, 60000, 105000, "the bytes sent in 4 s")
