# SPDX-License-Identifier: GPL-2.0
"""The pointer comes before the byte: POLLPRI at once, EAGAIN until the byte is there. RFC 9293 3.8.5, tcp(7)."""

import select
import socket


def run(t):
    c = t.accept()
    c.inject("PAU", 10, urp=20)
    c.expect("A", ack=11)
    poll = select.poll()
    poll.register(c.sock, select.POLLPRI)
    c.fails("EAGAIN", lambda: c.sock.recv(1, socket.MSG_OOB))
    c.inject("PA", 10)
    c.expect("A", ack=21)
    c.check(poll.poll(0), "no POLLPRI")
    c.equal(len(c.sock.recv(1, socket.MSG_OOB)), 1, "the urgent byte")
