# SPDX-License-Identifier: GPL-2.0
"""Text outside the window in SYN-RECEIVED is answered by an ACK and does not open. RFC 9293 3.10.7.4 first step."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("A", b"x" * 10, seq=200000, ack=1)
    c.expect("A", seq=1, ack=1)
    c.snd_nxt = 1
    c.ack(1)
    t.accept_from(t.listeners[0], c)
