# SPDX-License-Identifier: GPL-2.0
"""Made-up duplicate ACKs let one segment go each at most, and none beyond the window. RFC 5681 3.2 (4)."""


def run(t):
    c = t.accept(sack=False, win=30000)
    c.write(60000)
    c.expect_data(10)
    t.sleep(100)
    c.dup_acks(10, 1)
    got = [s for s in c.drain(5) if s.data]
    c.check(len(got) <= 11, f"{len(got)} segments for 10 duplicate ACKs")
    c.dup_acks(50, 1)
    got = c.drain(5)
    c.check(c.rcv_nxt <= 30001, "beyond the window")
