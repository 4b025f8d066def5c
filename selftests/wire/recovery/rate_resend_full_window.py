# SPDX-License-Identifier: GPL-2.0
"""What is resent keeps to the peer's window even if that shrank. RFC 9293 3.8.6 (MUST-14), 3.10.7.4."""


def run(t):
    c = t.accept(win=10000)
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(1, win=10000, sack=[(1001, 4001)])
    c.expect("A", 1000, seq=1)
    c.ack(4001, win=10000)
    c.drain(20)
    c.ack(10001)
    c.quiet(500)
