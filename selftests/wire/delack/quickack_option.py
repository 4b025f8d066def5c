# SPDX-License-Identifier: GPL-2.0
"""TCP_QUICKACK sends at once the ACK that waits. tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_QUICKACK", 0)
    c.inject("PA", 100)
    c.read(100)
    c.quiet(10)
    c.setopt("TCP_QUICKACK", 1)
    c.expect("A", ack=101)
