# SPDX-License-Identifier: GPL-2.0
"""SACK blocks that are empty, reversed or of a wrong length do nothing. RFC 2018 3."""


def run(t):
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    t.sleep(100)
    c.ack(1, sack=[(3001, 3001)])
    c.ack(1, sack=[(4001, 2001)])
    c.inject("A", ack=1, options=b"\1\1\5\6\0\0\0\1\1\1\1\1")
    c.inject("A", ack=1, options=b"\5\2\1\1")
    c.equal(c.info()["sacked"], 0, "SACKed segments")
    c.drain(50)
    c.ack(5001)
    c.quiet(500)
