# SPDX-License-Identifier: GPL-2.0
"""D-SACK of a segment above the cumulative ACK. RFC 2883 4."""


def run(t):
    c = t.accept()
    c.write(8000)
    c.expect_data(8)
    t.sleep(100)
    c.ack(1, sack=[(4001, 5001), (3001, 6001)])
    c.drain(50)
    c.ack(8001)
    c.quiet(300)
