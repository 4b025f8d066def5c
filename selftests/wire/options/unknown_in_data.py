# SPDX-License-Identifier: GPL-2.0
"""An unknown option in a segment with text is skipped. RFC 9293 3.2."""


def run(t):
    c = t.accept()
    c.inject("PA", 100, options=b"\xfe\x04zz")
    c.expect("A", ack=101)
    c.read(100)
