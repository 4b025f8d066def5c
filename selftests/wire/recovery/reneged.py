# SPDX-License-Identifier: GPL-2.0
"""The peer drops what it had SACKed: it is resent all the same. RFC 2018 8."""


def run(t):
    c = t.accept()
    c.write(6000)
    c.expect_data(6)
    t.sleep(100)
    for end in (2001, 3001, 4001):
        c.ack(1, sack=[(1001, end)])
    c.expect("A", 1000, seq=1)
    c.ack(1, sack=[(1001, 6001)])
    t.sleep(100)
    c.ack(1001)
    seen = set()
    upto = 1001
    for _ in range(12):
        got = c.until(lambda s: s.data, 5000)
        seen.add(got.seq - c.irs)
        t.sleep(20)
        while upto in seen:
            upto += 1000
        c.ack(upto)
        if upto == 6001:
            break
    c.equal(upto, 6001, "what could be acknowledged")
    c.quiet(2000)
