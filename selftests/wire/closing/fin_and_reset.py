# SPDX-License-Identifier: GPL-2.0
"""A RST behind the FIN ends CLOSE-WAIT; what was received can still be read or is reported lost. RFC 9293 3.10.7.4."""


def run(t):
    c = t.accept()
    c.inject("FPA", 10)
    c.expect("A", ack=12, within=60)
    c.inject("R")
    t.sleep(5)
    c.equal(c.state(), "CLOSE")
    c.fails("EPIPE", lambda: c.sock.send(b"x"))
