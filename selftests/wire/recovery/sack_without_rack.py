# SPDX-License-Identifier: GPL-2.0
"""Without RACK, three SACKed segments above a hole say that it is one, and no time does. RFC 6675 4."""


def run(t):
    t.sysctl("tcp_recovery", 0)
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(1, sack=[(1001, 2001)])
    c.ack(1, sack=[(3001, 4001), (1001, 2001)])
    c.quiet(80)
    c.ack(1, sack=[(3001, 5001), (1001, 2001)])
    c.expect("A", 1000, seq=1)
    for end in (6001, 7001, 8001):
        c.ack(1, sack=[(3001, end), (1001, 2001)])
    got = c.drain(20)
    c.equal([s.seq - c.irs for s in got if s.seq - c.irs < 10001], [2001], "what was resent")
