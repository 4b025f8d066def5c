# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK has the listener's TOS. ip(7), RFC 9293 3.9.2."""

import socket


def run(t):
    option = (socket.IPPROTO_IP, socket.IP_TOS, 0x20) if t.version == 4 else \
        (socket.IPPROTO_IPV6, socket.IPV6_TCLASS, 0x20)
    t.listen(options=[option])
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1, tos=0x20)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.write(100)
    c.expect("PA", 100, tos=0x20)
