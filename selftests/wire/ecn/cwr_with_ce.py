# SPDX-License-Identifier: GPL-2.0
"""CWR and CE in one segment: the echo goes on for the new mark. RFC 3168 6.1.3."""


def run(t):
    c = t.accept(syn="SEC")
    c.inject("A", 1000, tos=3)
    c.expect("AE", ack=1001)
    c.inject("AC", 1000, tos=3)
    c.expect("AE", ack=2001)
