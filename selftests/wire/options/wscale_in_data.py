# SPDX-License-Identifier: GPL-2.0
"""A window scale option outside a SYN is ignored. RFC 7323 2.2."""


def run(t):
    c = t.accept(wscale=None)
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.inject("PA", 100, options=b"\1\3\3\7", win=1000)
    c.expect("A", ack=201)
    c.write(3000)
    c.expect_data(1)
    c.quiet(20)
