# SPDX-License-Identifier: GPL-2.0
"""IP_TOS, IPV6_TCLASS mark what is sent. ip(7), ipv6(7), RFC 9293 3.9.2."""

import socket


def run(t):
    c = t.accept()
    if t.version == 4:
        c.sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x28)
    else:
        c.sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, 0x28)
    c.write(100)
    c.expect("PA", 100, tos=0x28)
    c.inject("PA", 10)
    c.expect("A", ack=11, tos=0x28)
