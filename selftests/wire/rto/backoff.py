# SPDX-License-Identifier: GPL-2.0
"""Each time-out doubles the next. RFC 6298 5.5."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    wait = 300
    for _ in range(7):
        c.expect("PA", 100, seq=1, after=wait)
        wait *= 2
    c.ack()
    c.quiet(1000)
