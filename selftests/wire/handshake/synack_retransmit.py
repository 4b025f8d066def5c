# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK that nobody acknowledges is sent again after 1, 2, 4 s. RFC 6298 2.1, 5.5."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    for wait in (1000, 2000, 4000):
        c.expect("SA", seq=0, ack=1, after=wait)
    c.ack()
    t.accept_from(t.listeners[0], c)
