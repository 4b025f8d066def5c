# SPDX-License-Identifier: GPL-2.0
"""With SACK the first segment is resent once three behind it have arrived. RFC 6675 5, RFC 8985 6.2."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001):
        c.ack(1, sack=[(1001, end)])
    c.quiet(5)
    c.ack(1, sack=[(1001, 4001)])
    c.expect("A", 1000, seq=1)
    c.quiet(20)
