# SPDX-License-Identifier: GPL-2.0
"""In recovery text goes out at the rate at which it arrives, reduced by half: no silence, no burst. RFC 6937 3."""


def run(t):
    c = t.accept()
    c.write(40000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(10001)
    c.expect_data(20)
    t.sleep(100)
    sent = []
    for i in range(1, 20):
        c.ack(10001, sack=[(11001, 11001 + 1000 * i)])
        sent.append(len([s for s in c.drain() if s.data]))
    c.check(max(sent) <= 3, f"a burst: {sent}")
    c.between(sum(sent), 9, 13, "the segments sent in one round trip")
