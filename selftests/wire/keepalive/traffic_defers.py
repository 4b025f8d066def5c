# SPDX-License-Identifier: GPL-2.0
"""Traffic puts the probe off. RFC 9293 3.8.4 (MUST-26)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 10)
    c.setopt("SO_KEEPALIVE", 1)
    for i in range(3):
        c.quiet(8000)
        c.inject("PA", 10)
        c.expect("A", ack=10 * i + 11)
    c.expect("A", seq=0, ack=31, after=10000)
    c.ack()
