# SPDX-License-Identifier: GPL-2.0
"""A probe or its answer is lost: the next comes after TCP_KEEPINTVL, and its answer begins everything anew. RFC 9293
3.8.4, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 10)
    c.setopt("TCP_KEEPINTVL", 5)
    c.setopt("TCP_KEEPCNT", 3)
    c.setopt("SO_KEEPALIVE", 1)
    c.expect("A", seq=0, ack=1, after=10000)
    for _ in range(3):
        c.expect("A", seq=0, ack=1, after=5000)
        c.expect("A", seq=0, ack=1, after=5000)
        c.ack()
        c.expect("A", seq=0, ack=1, after=10000)
    c.equal(c.state(), "ESTABLISHED")
