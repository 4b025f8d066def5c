# SPDX-License-Identifier: GPL-2.0
"""Unreachable is a soft error for a connection: it goes on. RFC 9293 3.9.2.2 (MUST-56), RFC 5927 5.2."""


def run(t):
    c = t.accept()
    c.write(100)
    c.expect("PA", 100)
    for kind in ("net", "host", "port", "prohibited"):
        c.icmp(kind)
    c.equal(c.state(), "ESTABLISHED")
    c.until(lambda s: len(s.data) == 100, 500, "the text again")
    c.ack()
    c.inject("PA", 10)
    c.expect("A", ack=11)
