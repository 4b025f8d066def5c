# SPDX-License-Identifier: GPL-2.0
"""An ACK opens the connection though the SYN-ACK was sent more than once. RFC 9293 3.10.7.4."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.expect("SA", seq=0, ack=1, after=1000)
    c.expect("SA", seq=0, ack=1, after=2000)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.inject("PA", 10)
    c.expect("A", ack=11)
