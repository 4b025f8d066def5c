# SPDX-License-Identifier: GPL-2.0
"""Of several segments that one ACK is for the echo is that of the first. RFC 7323 4.3 (A)."""


def run(t):
    c = t.accept(ts=True)
    c.setopt("TCP_QUICKACK", 0)
    t.sleep(50)
    first = c.ts_now()
    c.inject("A", c.mss)
    t.sleep(5)
    c.inject("A", c.mss)
    got = c.until(lambda s: s.ack - c.iss == 2 * c.mss + 1, 200)
    c.equal(got.ts[1], first, "the echo")
