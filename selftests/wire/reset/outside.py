# SPDX-License-Identifier: GPL-2.0
"""A RST outside the window is dropped without an answer. RFC 5961 3.2."""


def run(t):
    c = t.accept()
    c.inject("R", seq=0)
    c.inject("R", seq=-50000)
    c.inject("R", seq=100000)
    c.quiet(1000)
    c.inject("PA", 10, seq=1)
    c.expect("A", ack=11)
