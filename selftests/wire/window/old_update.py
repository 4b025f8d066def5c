# SPDX-License-Identifier: GPL-2.0
"""An older segment does not change the window: SND.WL1, SND.WL2. RFC 9293 3.10.7.4 fifth step."""


def run(t):
    c = t.accept(win=3000)
    c.inject("PA", 100, win=3000)
    c.expect("A", ack=101)
    c.write(3000)
    c.expect_data(3)
    c.inject("A", seq=101, ack=3001, win=2000)
    c.write(5000)
    c.expect_data(2)
    c.inject("A", seq=101, ack=3001 - 1000, win=60000)
    c.quiet(50)
