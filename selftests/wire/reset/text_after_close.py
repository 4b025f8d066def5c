# SPDX-License-Identifier: GPL-2.0
"""Text for a socket that was closed gets a RST. RFC 9293 3.6.1, RFC 2525 2.17."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.ack()
    c.quiet(100)
    c.inject("PA", 10)
    c.expect("R", seq=2)
    c.quiet(1000)
