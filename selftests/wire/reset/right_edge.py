# SPDX-License-Identifier: GPL-2.0
"""A RST at the right edge of the window does not end the connection. RFC 5961 3.2."""


def run(t):
    c = t.accept()
    c.inject("PA", 10)
    got = c.expect("A", ack=11)
    c.inject("R", seq=11 + got.win)
    c.drain(100)
    c.equal(c.state(), "ESTABLISHED")
    c.inject("R", seq=11 + got.win - 1)
    c.drain(100)
    c.equal(c.state(), "ESTABLISHED")
