# SPDX-License-Identifier: GPL-2.0
"""Text without timestamps on a connection that has them is taken: middleboxes strip them. RFC 7323 3.2."""


def run(t):
    c = t.accept(ts=True)
    c.inject("PA", 100, ts=False)
    c.expect("A", ack=101)
    c.read(100)
