# SPDX-License-Identifier: GPL-2.0
"""Of many copies of a SYN one in tcp_invalid_ratelimit is answered: nobody is made to flood a third. ip-sysctl, RFC
4987."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", seq=0)
    c.expect("SA", ack=1)
    t.sleep(600)
    for _ in range(10):
        c.inject("S", seq=0)
    c.expect("SA", seq=0, ack=1)
    c.quiet(100)
    t.sleep(1000)
    c.drain()
    c.ack(1)
    t.accept_from(t.listeners[0], c)
