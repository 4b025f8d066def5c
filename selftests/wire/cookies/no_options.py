# SPDX-License-Identifier: GPL-2.0
"""Without timestamps there is no room for options in a cookie. RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.listen()
    c = t.peer(wscale=7)
    c.inject("S")
    c.expect("SA", ack=1, wscale=None, sack_ok=False, ts=None)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.inject("PA", 100, seq=101)
    c.expect("A", ack=1, sack=[])
