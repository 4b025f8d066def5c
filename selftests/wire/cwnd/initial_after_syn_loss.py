# SPDX-License-Identifier: GPL-2.0
"""A lost SYN-ACK lowers the initial window to one segment. RFC 6928 2, RFC 5681 3.1."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.expect("SA", seq=0, ack=1, after=1000)
    c.expect("SA", seq=0, ack=1, after=2000)
    t.sleep(100)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.write(20000)
    c.expect_data(1)
    c.quiet(90)
