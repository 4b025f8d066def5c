# SPDX-License-Identifier: GPL-2.0
"""Packet too big: the text is sent again at once, in smaller segments. RFC 1191 6.4, RFC 8201 5.4."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(3 * size)
    first = c.expect_data(3, size=size)
    c.check(all(s.df for s in first), "no DF")
    c.icmp("too_big", mtu=1300, seq=1)
    got = c.drain(20)
    c.check(got and got[0].seq - c.irs == 1, "nothing was resent")
    c.equal(len(got[0].data), 1300 - 1500 + size, "the size of what was resent")
