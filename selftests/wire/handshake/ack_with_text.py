# SPDX-License-Identifier: GPL-2.0
"""The ACK that opens the connection may bring text. RFC 9293 3.10.7.4."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("PA", 300)
    c.expect("A", ack=301)
    t.accept_from(t.listeners[0], c)
    c.read(300)
