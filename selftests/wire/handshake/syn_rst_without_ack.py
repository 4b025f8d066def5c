# SPDX-License-Identifier: GPL-2.0
"""A RST that acknowledges nothing is ignored in SYN-SENT: anybody could have sent it. RFC 9293 3.10.7.3."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("R")
    c.quiet(500)
    c.inject("SA")
    c.expect("A", ack=1)
