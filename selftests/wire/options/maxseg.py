# SPDX-License-Identifier: GPL-2.0
"""TCP_MAXSEG before the handshake lowers the MSS offered and used. RFC 1122 4.2.2.6, tcp(7)."""

import socket


def run(t):
    c = t.dial(options=[(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 700)])
    c.expect("S", mss=700)
    c.inject("SA")
    c.expect("A", ack=1)
    c.mss = 700
    c.ts = False
    c.write(1400)
    c.expect_data(2)
