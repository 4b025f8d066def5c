# SPDX-License-Identifier: GPL-2.0
"""A window that opens by a few bytes is not used at once while data is in flight. RFC 9293 3.8.6.2.1."""


def run(t):
    c = t.accept(win=3000)
    c.write(10000)
    c.expect_data(3)
    c.ack(1001, win=2100)
    c.quiet(20)
    c.ack(3001, win=3000)
    c.expect_data(3)
