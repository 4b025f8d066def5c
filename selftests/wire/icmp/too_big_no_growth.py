# SPDX-License-Identifier: GPL-2.0
"""Packet too big with a larger MTU than known changes nothing. RFC 5927 7.2, RFC 1191 3."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(2 * size)
    c.expect_data(2, size=size)
    c.icmp("too_big", mtu=9000, seq=1)
    c.quiet(20)
    c.ack()
    c.write(2 * size)
    c.expect_data(2, size=size)
