# SPDX-License-Identifier: GPL-2.0
"""A lost retransmission is found by what was sent after it, without a time-out. RFC 8985 6.2, 3.1."""


def run(t):
    c = t.accept()
    c.write(20000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001, 4001):
        c.ack(1, sack=[(1001, end)])
    got = c.drain(1)
    c.check(any(s.seq - c.irs == 1 for s in got), "the hole was not resent")
    for end in (5001, 6001, 7001, 8001, 9001, 10001):
        c.ack(1, sack=[(1001, end)])
    c.drain(1)
    t.sleep(100)
    new = c.rcv_nxt
    c.check(new > 10001, "no new text was sent in recovery")
    begin = t.mark
    for end in range(11001, new + 1, 1000):
        c.ack(1, sack=[(1001, end)])
    got = c.until(lambda s: s.seq - c.irs == 1, 150, "the retransmission again")
    c.check(got.time - begin < 150, "it took a time-out")
