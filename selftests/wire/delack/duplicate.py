# SPDX-License-Identifier: GPL-2.0
"""Text that came before is acknowledged at once. RFC 9293 3.10.7.4 first step."""


def run(t):
    c = t.accept()
    c.inject("A", 100)
    c.expect("A", ack=101)
    c.setopt("TCP_QUICKACK", 0)
    c.inject("A", 100, seq=1)
    c.expect("A", ack=101)
