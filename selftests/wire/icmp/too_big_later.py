# SPDX-License-Identifier: GPL-2.0
"""What is written after packet too big comes in smaller segments. RFC 1191 6.4, RFC 8201 5.4."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(size)
    c.expect_data(1, size=size)
    c.icmp("too_big", mtu=1300)
    c.drain(20)
    c.ack()
    c.drain(5)
    c.write(5000)
    got = c.drain(5)
    c.equal(max(len(s.data) for s in got), 1300 - 1500 + size, "the largest segment")
