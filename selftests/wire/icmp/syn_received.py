# SPDX-License-Identifier: GPL-2.0
"""Unreachable about a SYN-ACK may end the request; about another number it does not. RFC 5927 4.1."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.icmp("host", seq=5000)
    t.sleep(5)
    c.ack()
    t.accept_from(t.listeners[0], c)
