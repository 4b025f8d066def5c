# SPDX-License-Identifier: GPL-2.0
"""The ACK of the SYN-ACK is lost: the first text opens the connection in its place. RFC 9293 3.10.7.4."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    t.sleep(500)
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.inject("PA", 100)
    c.expect("A", ack=201)
    t.accept_from(t.listeners[0], c)
    c.read(200)
