# SPDX-License-Identifier: GPL-2.0
"""A header said to be shorter than 20 bytes, or longer than the segment, is dropped. RFC 9293 3.1."""


def run(t):
    c = t.accept()
    c.inject("PA", 10, doff=4)
    c.inject("PA", 10, seq=1, doff=15)
    c.quiet(300)
    c.inject("PA", 10, seq=1)
    c.expect("A", ack=11)
