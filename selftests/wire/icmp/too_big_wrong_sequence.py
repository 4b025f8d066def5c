# SPDX-License-Identifier: GPL-2.0
"""Packet too big about what is not in flight is ignored. RFC 5927 7.2, 4.1."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(size)
    c.expect_data(1, size=size)
    c.ack()
    for wrong in (-100000, 100000):
        c.icmp("too_big", mtu=1300, seq=wrong)
    c.quiet(20)
    c.write(2 * size)
    c.expect_data(2, size=size)
