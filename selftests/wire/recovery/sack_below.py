# SPDX-License-Identifier: GPL-2.0
"""SACK of what was acknowledged already marks nothing. RFC 2018, RFC 2883 4."""


def run(t):
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    t.sleep(100)
    c.ack(2001)
    for _ in range(4):
        c.ack(2001, sack=[(1, 1001)])
    c.equal(c.info()["sacked"], 0, "SACKed segments")
    c.ack(5001)
    c.quiet(500)
