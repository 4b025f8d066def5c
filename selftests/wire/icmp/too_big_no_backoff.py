# SPDX-License-Identifier: GPL-2.0
"""Packet too big is no congestion: the window is not reduced. RFC 1191 6.4, RFC 8201 5.4."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    c.write(10 * size)
    c.expect_data(10, size=size)
    c.icmp("too_big", mtu=1300, seq=1)
    c.drain(5)
    c.check(c.info()["snd_ssthresh"] > 1000, "ssthresh was reduced")
