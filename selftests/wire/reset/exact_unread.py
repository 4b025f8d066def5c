# SPDX-License-Identifier: GPL-2.0
"""A RST at RCV.NXT is reported once; what was not acknowledged is gone. RFC 9293 3.10.7.4 second step."""


def run(t):
    c = t.accept()
    c.write(3000)
    c.expect_data(3)
    c.inject("RA")
    c.fails("ECONNRESET")
    c.fails("EPIPE", lambda: c.sock.send(b"x"))
    c.quiet(3000)
