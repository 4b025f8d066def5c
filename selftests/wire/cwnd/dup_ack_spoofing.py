# SPDX-License-Identifier: GPL-2.0
"""Duplicate ACKs beyond the number of segments in flight let no more go. RFC 5681 3.2, RFC 6937."""


def run(t):
    c = t.accept(sack=False)
    c.write(60000)
    c.expect_data(10)
    t.sleep(100)
    c.dup_acks(100, 1)
    got = [s for s in c.drain(5) if s.data]
    c.check(len(got) <= 12, f"{len(got)} segments for duplicate ACKs")
