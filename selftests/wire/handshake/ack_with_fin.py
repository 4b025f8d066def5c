# SPDX-License-Identifier: GPL-2.0
"""The ACK that opens the connection may bring a FIN too: accept() gives an end of file. RFC 9293 3.10.7.4."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("FA", 50)
    c.expect("A", ack=52, within=60)
    t.accept_from(t.listeners[0], c)
    c.read(50)
    c.eof()
    c.equal(c.state(), "CLOSE_WAIT")
