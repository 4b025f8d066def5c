# SPDX-License-Identifier: GPL-2.0
"""An ACK of many segments counts for each of them in slow start. RFC 5681 3.1, RFC 3465."""


def run(t):
    c = t.accept()
    c.write(60000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(10001)
    c.expect_data(20)
    c.quiet(20)
