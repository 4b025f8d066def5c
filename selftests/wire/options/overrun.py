# SPDX-License-Identifier: GPL-2.0
"""An option longer than the header is not read; the segment is taken. RFC 9293 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\4\2\1\1\1\1\2\x0a")
    c.expect("SA", ack=1, sack_ok=True)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.inject("PA", 100, options=b"\1\1\x08\x0a")
    c.expect("A", ack=101)
    c.read(100)
