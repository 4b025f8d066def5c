# SPDX-License-Identifier: GPL-2.0
"""A header that ends in the first byte of an option is taken. RFC 9293 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\2\4\3\xe8\1\1\1\4")
    c.expect("SA", ack=1, sack_ok=False)
    c.inject("PA", 100, options=b"\1\1\1\x08")
    c.expect("A", ack=101)
