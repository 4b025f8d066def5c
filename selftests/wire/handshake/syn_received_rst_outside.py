# SPDX-License-Identifier: GPL-2.0
"""A RST outside the window leaves a connection in SYN-RECEIVED alone. RFC 9293 3.10.7.4, RFC 5961 3.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("R", seq=-5)
    c.inject("R", seq=200000)
    t.sleep(10)
    c.drain()
    c.inject("A", seq=1)
    t.accept_from(t.listeners[0], c)
