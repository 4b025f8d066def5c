# SPDX-License-Identifier: GPL-2.0
"""An option of length 1 is malformed: nothing after it is read, the segment is taken. RFC 9293 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\2\4\3\xe8\xfd\1\4\2")
    c.expect("SA", ack=1, sack_ok=False)
    c.inject("PA", 100, options=b"\xfd\1\1\1")
    c.expect("A", ack=101)
