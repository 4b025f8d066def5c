# SPDX-License-Identifier: GPL-2.0
"""A SYN without an answer is sent again after 1, 2, 4 s, the same each time. RFC 6298 2.1, 5.5."""


def run(t):
    c = t.dial()
    c.expect("S")
    for wait in (1000, 2000, 4000):
        c.expect("S", seq=0, after=wait)
    c.inject("SA")
    c.expect("A", ack=1)
