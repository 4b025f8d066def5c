# SPDX-License-Identifier: GPL-2.0
"""With window scale from both sides windows are scaled, in both directions. RFC 7323 2.2, 2.3."""


def run(t):
    c = t.accept(wscale=3, win=250)
    c.check(c.near_wscale > 0, "no scale chosen")
    c.inject("PA", 10)
    got = c.expect("A", ack=11)
    c.check(got.win << c.near_wscale >= 60000, f"a window of {got.win} << {c.near_wscale}")
    c.write(5000)
    c.expect_data(2)
    c.quiet(50)
