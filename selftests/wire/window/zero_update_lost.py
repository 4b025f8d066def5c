# SPDX-License-Identifier: GPL-2.0
"""The window update that opens a closed window was lost: the probe's answer brings it. RFC 9293 3.8.6.1."""


def run(t):
    c = t.accept(win=2000)
    c.write(4000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(win=0)
    c.expect("A", seq=2000, after=300)
    c.ack(win=2000)
    c.expect_data(2)
