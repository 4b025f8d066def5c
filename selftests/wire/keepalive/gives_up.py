# SPDX-License-Identifier: GPL-2.0
"""After TCP_KEEPCNT probes without an answer: RST and ETIMEDOUT. RFC 9293 3.8.4, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 10)
    c.setopt("TCP_KEEPINTVL", 5)
    c.setopt("TCP_KEEPCNT", 3)
    c.setopt("SO_KEEPALIVE", 1)
    c.expect("A", seq=0, ack=1, after=10000)
    c.expect("A", seq=0, ack=1, after=5000)
    c.expect("A", seq=0, ack=1, after=5000)
    c.expect("RA", seq=1, after=5000)
    c.fails("ETIMEDOUT")
