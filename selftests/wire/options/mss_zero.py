# SPDX-License-Identifier: GPL-2.0
"""An MSS of 0 is no MSS. RFC 9293 3.7.1."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", options=b"\2\4\0\0")
    c.expect("SA", ack=1)
    c.ack()
    t.accept_from(t.listeners[0], c)
    size = 536 if t.version == 4 else 1220
    c.write(2 * size)
    c.expect_data(2, size=size)
