# SPDX-License-Identifier: GPL-2.0
"""TCP_USER_TIMEOUT counts for each text anew. RFC 5482 3.1, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_USER_TIMEOUT", 3000)
    for _ in range(4):
        c.write(100)
        c.drain(2000)
        c.ack()
    c.quiet(10000)
    c.equal(c.state(), "ESTABLISHED")
