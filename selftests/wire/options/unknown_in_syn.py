# SPDX-License-Identifier: GPL-2.0
"""An unknown option in a SYN is skipped, those after it are read. RFC 9293 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\xfd\x06abcd\2\4\3\xe8\4\2")
    c.expect("SA", ack=1, sack_ok=True)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.write(2000)
    c.expect_data(2)
