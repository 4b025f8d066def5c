# SPDX-License-Identifier: GPL-2.0
"""The stack's timestamp clock ticks once in a millisecond. RFC 7323 5.4."""


def run(t):
    c = t.accept(ts=True)
    c.inject("PA", 10)
    first = c.expect("A", ack=11).ts[0]
    t.sleep(10000)
    c.inject("PA", 10)
    second = c.expect("A", ack=21).ts[0]
    c.between((second - first) & 0xffffffff, 9990, 10020, "ten seconds in ticks")
