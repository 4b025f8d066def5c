# SPDX-License-Identifier: GPL-2.0
"""Without window scale from the peer no window is scaled. RFC 7323 2.2."""


def run(t):
    c = t.accept(wscale=None)
    c.inject("PA", 10)
    got = c.expect("A", ack=11)
    c.check(got.win >= 16000, f"a window of {got.win}")
    c.inject("A", win=2000)
    c.write(5000)
    c.expect_data(2)
    c.quiet(50)
