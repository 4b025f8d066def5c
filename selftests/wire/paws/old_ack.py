# SPDX-License-Identifier: GPL-2.0
"""A pure ACK with an old timestamp moves nothing. RFC 7323 5.3 R1."""


def run(t):
    c = t.accept(ts=True)
    c.write(10 * c.mss)
    c.expect_data(10)
    c.inject("A", ts=(c.ts_now() - 3000, c.ts_recent))
    c.expect("A", seq=10 * c.mss + 1, ack=1)
    c.equal(c.info()["unacked"], 10, "unacknowledged segments")
