# SPDX-License-Identifier: GPL-2.0
"""A server that answers each request sends no ACK of its own. RFC 9293 3.8.6.3."""


def run(t):
    c = t.accept()
    for i in range(1, 9):
        c.inject("PA", 100, ack=(i - 1) * 200 + 1)
        if i <= 3:
            c.drain()
        c.read(100)
        c.write(200)
        c.expect("PA", 200, ack=100 * i + 1)
        t.sleep(20)
