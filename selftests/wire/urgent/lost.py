# SPDX-License-Identifier: GPL-2.0
"""The segment with the urgent byte is lost: text behind it waits, the retransmission brings the byte and the mark.
RFC 9293 3.8.5, 3.8.1, tcp(7)."""

import select
import socket


def run(t):
    c = t.accept()
    c.inject("PA", 10)
    c.expect("A", ack=11)
    c.inject("PA", 10, seq=21)
    c.expect("A", ack=11, sack=[(21, 31)])
    c.inject("PAU", 10, seq=11, urp=10)
    c.expect("A", ack=31)
    poll = select.poll()
    poll.register(c.sock, select.POLLPRI)
    c.check(poll.poll(0), "no POLLPRI")
    c.equal(len(c.sock.recv(1, socket.MSG_OOB)), 1, "the urgent byte")
    c.equal(len(c.sock.recv(100)), 19, "the text before the mark")
    c.equal(len(c.sock.recv(100)), 10, "the text behind it")
