# SPDX-License-Identifier: GPL-2.0
"""The peer takes back a window it had offered: what was sent stays valid, nothing more goes. RFC 9293 3.8.6
(SHLD-15)."""


def run(t):
    c = t.accept(win=5000)
    c.write(8000)
    c.expect_data(5)
    c.ack(2001, win=1000)
    c.quiet(100)
    c.ack(5001, win=3000)
    c.expect_data(3)
