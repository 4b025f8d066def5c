# SPDX-License-Identifier: GPL-2.0
"""A tiny MTU is not believed below what the protocol guarantees. RFC 1191 3, RFC 8201 4, ip-sysctl min_pmtu."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(4 * size)
    c.expect_data(4, size=size)
    c.icmp("too_big", mtu=100, seq=1)
    t.sleep(100)
    c.ack(4 * size + 1)
    c.drain(500)
    c.write(10000)
    got = c.drain(5)
    c.check(max(len(s.data) for s in got) >= 512, "segments too small")
