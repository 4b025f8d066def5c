# SPDX-License-Identifier: GPL-2.0
"""The challenge ACK is lost: the RST that comes again in the window is challenged again, half a second later at the
latest. RFC 5961 3.2, 7, ip-sysctl."""


def run(t):
    c = t.accept()
    c.inject("R", seq=1000)
    c.expect("A", ack=1)
    t.sleep(600)
    c.inject("R", seq=1000)
    got = c.expect("A", ack=1)
    c.equal(c.state(), "ESTABLISHED")
    c.inject("R", seq=got.ack - c.iss)
    c.fails("ECONNRESET")
