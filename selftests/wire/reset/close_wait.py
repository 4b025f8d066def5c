# SPDX-License-Identifier: GPL-2.0
"""A RST in CLOSE-WAIT is told to the writer as EPIPE. RFC 9293 3.10.7.4 second step, tcp(7)."""


def run(t):
    c = t.accept()
    c.inject("FA")
    c.expect("A", ack=2, within=60)
    c.inject("R")
    t.sleep(5)
    c.fails("EPIPE", lambda: c.sock.send(b"x"))
    c.equal(c.state(), "CLOSE")
