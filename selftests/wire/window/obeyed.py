# SPDX-License-Identifier: GPL-2.0
"""No more is sent than the window allows. RFC 9293 3.8.6."""


def run(t):
    c = t.accept(win=3000)
    c.write(10000)
    c.expect_data(3)
    c.quiet(100)
    c.ack()
    c.expect_data(3)
    c.quiet(100)
