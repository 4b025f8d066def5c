# SPDX-License-Identifier: GPL-2.0
"""TCP_NODELAY: each write goes at once. RFC 9293 3.7.4, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_NODELAY", 1)
    for _ in range(4):
        c.write(10)
        c.expect("PA", 10)
