# SPDX-License-Identifier: GPL-2.0
"""tcp_ecn 0: ECN is refused. ip-sysctl, RFC 3168 6.1.1."""


def run(t):
    t.sysctl("tcp_ecn", 0)
    t.listen()
    c = t.peer()
    c.inject("SEC")
    c.expect("SA", ack=1)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.write(1000)
    c.expect("A", 1000, ecn=0)
