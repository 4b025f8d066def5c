# SPDX-License-Identifier: GPL-2.0
"""Without ECN agreed upon CE and ECE mean nothing. RFC 3168 6.1."""


def run(t):
    c = t.accept()
    c.inject("A", 1000, tos=3)
    c.expect("A", ack=1001)
    c.write(20000)
    c.expect_data(10)
    t.sleep(100)
    c.inject("AE", ack=5001)
    got = c.drain(5)
    c.equal(len(got), 10, "the segments that follow")
    c.check(all("C" not in s.flags for s in got), "CWR")
