# SPDX-License-Identifier: GPL-2.0
"""ACKs with SACK blocks are lost: the next one says it all again, and recovery begins with it. RFC 2018 4,
RFC 6675 5."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(1, sack=[(7001, 8001), (4001, 6001), (1001, 3001)])
    c.expect("A", 1000, seq=1)
    got = c.drain(60)
    again = [s.seq - c.irs for s in got if s.seq - c.irs < 10001]
    c.equal(again, [3001, 6001], "what else was resent")
    c.ack(10001)
    c.quiet(500)
