# SPDX-License-Identifier: GPL-2.0
"""Every second full segment is acknowledged at once. RFC 9293 3.8.6.3 (SHLD-19)."""


def run(t):
    c = t.accept()
    c.inject("A", c.mss)
    c.expect("A", ack=c.mss + 1)
    c.read(c.mss)
    c.setopt("TCP_QUICKACK", 0)
    for i in range(1, 5):
        c.inject("A", c.mss)
        c.read(c.mss)
        c.quiet(2)
        c.inject("A", c.mss)
        c.expect("A", ack=(2 * i + 1) * c.mss + 1)
        c.read(c.mss)
