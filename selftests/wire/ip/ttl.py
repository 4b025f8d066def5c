# SPDX-License-Identifier: GPL-2.0
"""IP_TTL, IPV6_UNICAST_HOPS set the hop limit of what is sent. ip(7), ipv6(7), RFC 9293 3.9.2 (MUST-49)."""

import socket


def run(t):
    c = t.accept()
    if t.version == 4:
        c.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 33)
    else:
        c.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 33)
    c.write(100)
    c.expect("PA", 100, ttl=33)
