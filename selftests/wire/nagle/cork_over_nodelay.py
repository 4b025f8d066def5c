# SPDX-License-Identifier: GPL-2.0
"""TCP_CORK prevails over TCP_NODELAY. tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_NODELAY", 1)
    c.setopt("TCP_CORK", 1)
    c.write(100)
    c.quiet(50)
    c.setopt("TCP_CORK", 0)
    c.expect("PA", 100)
