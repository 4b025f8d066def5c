# SPDX-License-Identifier: GPL-2.0
"""SO_RCVLOWAT: the reader is woken when so many bytes are there. socket(7)."""

import select
import socket


def run(t):
    c = t.accept()
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 500)
    poll = select.poll()
    poll.register(c.sock, select.POLLIN)
    c.inject("PA", 300)
    c.expect("A", ack=301)
    c.check(not poll.poll(0), "readable too early")
    c.inject("PA", 300)
    c.expect("A", ack=601)
    c.check(poll.poll(0), "not readable")
