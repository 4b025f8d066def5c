# SPDX-License-Identifier: GPL-2.0
"""The third duplicate ACK resends the first segment; the second does not. RFC 5681 3.2."""


def run(t):
    c = t.accept(sack=False)
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.dup_acks(2, 1)
    c.quiet(20)
    c.dup_acks(1, 1)
    c.expect("A", 1000, seq=1)
    c.quiet(20)
