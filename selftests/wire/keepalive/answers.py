# SPDX-License-Identifier: GPL-2.0
"""The peer's keepalive probes are answered, with a byte of garbage or without. RFC 9293 3.8.4 (MUST-29)."""


def run(t):
    c = t.accept()
    c.inject("PA", 10)
    c.expect("A", ack=11)
    t.sleep(1000)
    c.inject("A", seq=10)
    c.expect("A", ack=11)
    t.sleep(1000)
    c.inject("A", b"?", seq=10)
    c.expect("A", ack=11)
    c.read(10)
    c.nothing_to_read()
