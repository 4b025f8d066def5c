# SPDX-License-Identifier: GPL-2.0
"""A window update without new ACK lets more go. RFC 9293 3.8.6."""


def run(t):
    c = t.accept(win=2000)
    c.write(10000)
    c.expect_data(2)
    c.inject("A", ack=1, win=5000)
    c.expect_data(3)
    c.quiet(50)
