# SPDX-License-Identifier: GPL-2.0
"""A shift beyond 14 is taken as 14. RFC 7323 2.3."""


def run(t):
    c = t.accept(wscale=255, win=0)
    c.write(40000)
    c.inject("A", win=1)
    c.expect_data(10)
    c.inject("A", win=1)
    c.expect_data(16)
    # Whether the 384 bytes of window that are left are used is not asked here.
    c.check(sum(len(s.data) for s in c.drain(20)) <= 384, "more than the window")
