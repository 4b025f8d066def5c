# SPDX-License-Identifier: GPL-2.0
"""CE is echoed at once, delayed ACK or not. RFC 3168 6.1.3, RFC 8257 3.2."""


def run(t):
    c = t.accept(syn="SEC")
    c.inject("A", 1000, tos=2)
    c.expect("A", ack=1001)
    c.setopt("TCP_QUICKACK", 0)
    c.inject("A", 1000, tos=3)
    c.until(lambda s: "E" in s.flags, 60, "ECE")
