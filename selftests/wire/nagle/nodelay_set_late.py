# SPDX-License-Identifier: GPL-2.0
"""Setting TCP_NODELAY sends what waits. tcp(7)."""


def run(t):
    c = t.accept()
    c.write(10)
    c.expect("PA", 10)
    c.write(10)
    c.quiet(50)
    c.setopt("TCP_NODELAY", 1)
    c.expect("PA", 10)
