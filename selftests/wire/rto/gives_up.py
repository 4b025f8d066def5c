# SPDX-License-Identifier: GPL-2.0
"""After tcp_retries2 retransmissions the connection ends with ETIMEDOUT. RFC 9293 3.8.3, tcp(7)."""


def run(t):
    t.sysctl("tcp_retries2", 3)
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    for wait in (300, 600, 1200):
        c.expect("PA", 100, seq=1, after=wait)
    c.quiet(20000)
    c.fails("ETIMEDOUT")
