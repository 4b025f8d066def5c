# SPDX-License-Identifier: GPL-2.0
"""A SYN to a listener is answered by a SYN-ACK, and the ACK of it opens the connection. RFC 9293 3.5."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.quiet(100)
    c.equal(c.state(), "ESTABLISHED")
