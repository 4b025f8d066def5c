# SPDX-License-Identifier: GPL-2.0
"""TCP_DEFER_ACCEPT: the listener wakes when text comes, not for the bare ACK. tcp(7)."""

import socket


def run(t):
    listener = t.listen(options=[(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)])
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.ack()
    c.quiet(500)
    try:
        listener.accept()
        c.check(False, "accepted before there was text")
    except BlockingIOError:
        pass
    c.inject("PA", 20)
    c.expect("A", ack=21)
    t.accept_from(listener, c)
    c.read(20)
