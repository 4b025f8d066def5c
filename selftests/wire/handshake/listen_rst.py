# SPDX-License-Identifier: GPL-2.0
"""A listener ignores a RST. RFC 9293 3.10.7.2 first step."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("R", seq=0)
    c.irs = 1
    c.inject("RA", seq=0, ack=7)
    c.quiet(500)
    c.irs = None
    c.inject("S", seq=0)
    c.expect("SA", ack=1)
