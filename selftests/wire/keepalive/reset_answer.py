# SPDX-License-Identifier: GPL-2.0
"""A peer that has forgotten the connection answers the probe by a RST. RFC 9293 3.8.4."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 10)
    c.setopt("SO_KEEPALIVE", 1)
    c.expect("A", seq=0, ack=1, after=10000)
    c.inject("R")
    c.fails("ECONNRESET")
