# SPDX-License-Identifier: GPL-2.0
"""Beside timestamps three blocks fit. RFC 2018 3, RFC 7323 3.2."""


def run(t):
    c = t.accept(ts=True)
    for seq in (1001, 3001, 5001, 7001):
        c.inject("A", 500, seq=seq)
        got = c.expect("A", ack=1)
    c.equal(len(got.sack), 3, "the number of blocks")
