# SPDX-License-Identifier: GPL-2.0
"""With the receive window closed ACKs are still processed. RFC 9293 3.10.7.4 first step (MUST-66)."""

import socket


def run(t):
    c = t.accept(options=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)])
    c.write(2000)
    c.expect_data(2)
    c.fill(ack=1)
    c.ack(2001)
    c.quiet(5)
    c.equal(c.info()["unacked"], 0, "unacknowledged segments")
