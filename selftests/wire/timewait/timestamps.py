# SPDX-License-Identifier: GPL-2.0
"""Segments out of TIME-WAIT carry timestamps where they were agreed upon. RFC 7323 3.2."""


def run(t):
    c = t.accept(ts=True)
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(1000)
    c.inject("FA", seq=1)
    c.expect("A", seq=2, ack=2, ts=lambda ts: ts is not None)
