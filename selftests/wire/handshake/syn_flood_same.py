# SPDX-License-Identifier: GPL-2.0
"""Copies of one SYN are not all answered, lest the stack floods whom their source names; a later one is. RFC 5961 7,
net.ipv4.tcp_invalid_ratelimit."""


def run(t):
    t.sysctl("tcp_invalid_ratelimit", 500)
    t.listen()
    c = t.peer()
    c.inject("S", seq=0)
    c.expect("SA", ack=1)
    t.sleep(10)
    c.inject("S", seq=0)
    c.expect("SA", seq=0, ack=1)
    for _ in range(5):
        c.inject("S", seq=0)
    c.quiet(50)
    t.sleep(550)
    c.inject("S", seq=0)
    c.expect("SA", seq=0, ack=1)
    c.ack()
    t.accept_from(t.listeners[0], c)
