# SPDX-License-Identifier: GPL-2.0
"""A small segment alone is acknowledged after the delay. RFC 9293 3.8.6.3: less than 500 ms."""


def run(t):
    c = t.accept()
    c.setopt("TCP_QUICKACK", 0)
    c.inject("PA", 100)
    c.expect("A", ack=101, after=40, within=20)
