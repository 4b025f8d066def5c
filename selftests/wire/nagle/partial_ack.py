# SPDX-License-Identifier: GPL-2.0
"""An ACK that leaves the small segment unacknowledged frees nothing. RFC 9293 3.7.4."""


def run(t):
    c = t.accept()
    c.write(2100)
    c.expect_data(2)
    c.expect("PA", 100)
    c.write(50)
    c.quiet(20)
    c.ack(2001)
    c.quiet(50)
    c.ack(2101)
    c.expect("PA", 50)
