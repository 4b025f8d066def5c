# SPDX-License-Identifier: GPL-2.0
"""With text in flight there is no keepalive probe: the retransmission serves. RFC 9293 3.8.4, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 5)
    c.setopt("SO_KEEPALIVE", 1)
    c.write(100)
    c.expect("PA", 100)
    got = c.drain(12000)
    c.check(all(s.data for s in got), "a probe")
