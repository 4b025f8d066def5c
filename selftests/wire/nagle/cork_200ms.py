# SPDX-License-Identifier: GPL-2.0
"""TCP_CORK holds text for 200 ms at most. tcp(7)."""


def run(t):
    c = t.accept(rtt=0)
    c.setopt("TCP_CORK", 1)
    c.write(100)
    c.expect("PA", 100, after=200, within=20)
