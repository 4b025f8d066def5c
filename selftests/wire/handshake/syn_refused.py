# SPDX-License-Identifier: GPL-2.0
"""A RST that acknowledges the SYN ends connect() with ECONNREFUSED. RFC 9293 3.10.7.3."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.inject("RA")
    c.fails("ECONNREFUSED")
    c.quiet(5000)
