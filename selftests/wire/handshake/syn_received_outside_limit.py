# SPDX-License-Identifier: GPL-2.0
"""Segments outside the window in SYN-RECEIVED are answered once in tcp_invalid_ratelimit: two stacks that disagree do
not loop. ip-sysctl, RFC 5961 7."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    for _ in range(10):
        c.inject("A", seq=200000, ack=1)
    c.expect("A", seq=1, ack=1)
    c.quiet(100)
    c.snd_nxt = 1
    c.ack(1)
    t.accept_from(t.listeners[0], c)
