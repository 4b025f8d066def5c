# SPDX-License-Identifier: GPL-2.0
"""A duplicate ACK after a time-out says that the loss was real: slow start. RFC 5682 2.1 (2a)."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    c.expect("A", 1000, seq=1, after=300)
    t.sleep(100)
    c.ack(1001)
    got = [s for s in c.drain(5)]
    c.equal([s.seq - c.irs for s in got][:2], [1001, 2001], "what was resent")
