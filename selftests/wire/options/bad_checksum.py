# SPDX-License-Identifier: GPL-2.0
"""Text with a wrong checksum is dropped without an answer. RFC 9293 3.1."""


def run(t):
    c = t.accept()
    c.inject("PA", 100, bad_checksum=True)
    c.quiet(300)
    c.inject("R", seq=1, bad_checksum=True)
    c.quiet(300)
    c.inject("PA", 100, seq=1)
    c.expect("A", ack=101)
