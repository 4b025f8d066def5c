# SPDX-License-Identifier: GPL-2.0
"""With SACK too the first two segments beyond a hole let two new ones go. RFC 3042 2, RFC 6675 5."""


def run(t):
    c = t.accept()
    c.write(20000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001):
        c.ack(1, sack=[(1001, end)])
        c.expect("A", 1000)
        t.sleep(5)
    c.ack(1, sack=[(1001, 4001)])
    c.expect("A", 1000, seq=1)
