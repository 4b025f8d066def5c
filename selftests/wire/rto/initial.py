# SPDX-License-Identifier: GPL-2.0
"""Without a sample the time-out is one second. RFC 6298 2.1."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.expect("SA", seq=0, ack=1, after=1000)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.write(100)
    c.expect("PA", 100)
    c.until(lambda s: len(s.data) == 100, 4000)
    c.check(c.info()["rto"] >= 1000000, "the time-out is shorter than a second")
