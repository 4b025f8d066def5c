# SPDX-License-Identifier: GPL-2.0
"""IP_MINTTL, IPV6_MINHOPCOUNT: what comes from farther is dropped. RFC 5082 3, ip(7)."""

import socket


def run(t):
    c = t.accept()
    if t.version == 4:
        c.sock.setsockopt(socket.IPPROTO_IP, 21, 255)
    else:
        c.sock.setsockopt(socket.IPPROTO_IPV6, 73, 255)
    c.inject("R", ttl=254)
    c.quiet(50)
    c.equal(c.state(), "ESTABLISHED")
    c.inject("PA", 10, seq=1, ttl=255)
    c.expect("A", ack=11)
