# SPDX-License-Identifier: GPL-2.0
"""Timestamps are compared as sequence numbers are: one that wrapped is newer. RFC 7323 5.2."""


def run(t):
    t.listen()
    c = t.peer(ts=True)
    c.ts_base = 0xffffffff - 20
    c.inject("S")
    c.check_offer(c.expect("SA", ack=1))
    c.ack()
    t.accept_from(t.listeners[0], c)
    t.sleep(1000)
    c.inject("PA", 100)
    got = c.expect("A", ack=101)
    c.check(got.ts[1] < 2000, "the echo is not that of the wrapped clock")
    c.inject("PA", 100)
    c.expect("A", ack=201)
