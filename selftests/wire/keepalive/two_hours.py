# SPDX-License-Identifier: GPL-2.0
"""The first probe comes after two hours by default. RFC 9293 3.8.4 (MUST-28), tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("SO_KEEPALIVE", 1)
    c.expect("A", seq=0, ack=1, after=7200000)
    c.expect("A", seq=0, ack=1, after=75000)
    c.ack()
