# SPDX-License-Identifier: GPL-2.0
"""After the end of the list nothing is an option. RFC 9293 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\2\4\3\xe8\0\1\4\2")
    c.expect("SA", ack=1, sack_ok=False)
