# SPDX-License-Identifier: GPL-2.0
"""What was resent after packet too big is lost, too: the time-out resends it in the smaller size. RFC 1191 6.4,
RFC 8201 5.4, RFC 6298 5.4."""


def run(t):
    c = t.accept(mss=1460)
    size = 1460 if t.version == 4 else 1440
    small = 1300 - 1500 + size
    c.write(3 * size)
    c.expect_data(3, size=size)
    c.icmp("too_big", mtu=1300, seq=1)
    c.check(c.drain(100), "nothing was resent")
    got = c.until(lambda s: s.seq - c.irs == 1, 800, "the retransmission")
    c.equal(len(got.data), small, "the size of what was resent")
    t.sleep(100)
    c.ack(1 + small)
    got = c.until(lambda s: s.seq - c.irs == 1 + small, 100, "the next")
    c.equal(len(got.data), small, "the size of the next")
    c.drain(5)
    c.ack(3 * size + 1)
    c.quiet(1000)
