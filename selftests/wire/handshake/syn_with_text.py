# SPDX-License-Identifier: GPL-2.0
"""Text in a SYN without Fast Open is not acknowledged: the peer sends it again. RFC 9293 3.10.7.2, RFC 7413 3."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", b"x" * 100, seq=0)
    c.expect("SA", ack=1)
    c.snd_nxt = 1
    c.inject("PA", 100)
    c.expect("A", ack=101)
    t.accept_from(t.listeners[0], c)
    c.read(100)
