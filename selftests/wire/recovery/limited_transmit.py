# SPDX-License-Identifier: GPL-2.0
"""The first two duplicate ACKs let two new segments go. RFC 3042 2."""


def run(t):
    c = t.accept(sack=False)
    c.write(20000)
    c.expect_data(10)
    t.sleep(100)
    for _ in range(2):
        c.dup_acks(1, 1)
        c.expect("A", 1000)
        t.sleep(5)
    c.dup_acks(1, 1)
    c.expect("A", 1000, seq=1)
