# SPDX-License-Identifier: GPL-2.0
"""A segment without ACK is dropped in SYN-RECEIVED. RFC 9293 3.10.7.4 fifth step."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("", 10)
    c.quiet(500)
    c.snd_nxt = 1
    c.ack()
    t.accept_from(t.listeners[0], c)
