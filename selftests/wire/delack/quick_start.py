# SPDX-License-Identifier: GPL-2.0
"""A new connection's first segments are acknowledged at once, so that the peer's window grows. RFC 9293
3.8.6.3, tcp(7)."""


def run(t):
    c = t.accept()
    for i in range(1, 7):
        c.inject("A", c.mss)
        c.expect("A", ack=i * c.mss + 1)
