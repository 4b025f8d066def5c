# SPDX-License-Identifier: GPL-2.0
"""After a time-out slow start begins with one segment. RFC 5681 3.1."""


def run(t):
    c = t.accept()
    c.write(20000)
    c.expect_data(10)
    c.expect("A", 1000, seq=1, after=300)
    t.sleep(100)
    c.ack(10001)
    got = c.drain(5)
    c.between(len(got), 2, 11, "the segments that follow")
