# SPDX-License-Identifier: GPL-2.0
"""A RST at RCV.NXT ends the connection: ECONNRESET. RFC 9293 3.5.3, RFC 5961 3.2."""


def run(t):
    c = t.accept()
    c.inject("R")
    c.fails("ECONNRESET")
    c.quiet(1000)
    c.ack()
    c.expect("R", seq=1)
