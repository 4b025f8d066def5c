# SPDX-License-Identifier: GPL-2.0
"""A peer that did not permit SACK gets none. RFC 2018 2."""


def run(t):
    c = t.accept(sack=False)
    c.inject("PA", 100, seq=201)
    c.expect("A", ack=1, sack=[])
