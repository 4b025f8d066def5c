# SPDX-License-Identifier: GPL-2.0
"""An option of length 0 ends the reading of options; the segment is taken. RFC 9293 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\2\4\3\xe8\xfd\0\4\2")
    c.expect("SA", ack=1, sack_ok=False)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.inject("PA", 100, options=b"\x08\0\0\0")
    c.expect("A", ack=101)
    c.read(100)
