# SPDX-License-Identifier: GPL-2.0
"""The ACK of a cookie may bring text. RFC 4987 3.6, RFC 9293 3.10.7.4."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.listen()
    c = t.peer(mss=1460)
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("PA", 100)
    c.expect("A", ack=101)
    t.accept_from(t.listeners[0], c)
    c.read(100)
