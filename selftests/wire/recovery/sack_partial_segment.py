# SPDX-License-Identifier: GPL-2.0
"""A SACK that ends within a segment shreds nothing: what is resent is whole segments. RFC 2018, RFC 6675 5."""


def run(t):
    c = t.accept()
    c.write(8000)
    c.expect_data(8)
    t.sleep(100)
    for end in range(4100, 4500, 100):
        c.ack(1, sack=[(4001, end)])
    c.ack(1, sack=[(4001, 8001)])
    got = [s for s in c.drain(60) if s.data]
    c.check(got and all(len(s.data) >= 1000 for s in got), "small segments")
