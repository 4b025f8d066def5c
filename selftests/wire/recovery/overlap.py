# SPDX-License-Identifier: GPL-2.0
"""Text that overlaps what is there is delivered once, whole. RFC 9293 3.10.7.4 seventh step."""


def run(t):
    c = t.accept()
    c.inject("A", 500, seq=501)
    c.inject("A", 600, seq=201)
    c.inject("A", 1000, seq=601)
    c.inject("A", 300, seq=1)
    c.drain(60)
    c.read(1600)
    c.nothing_to_read()
