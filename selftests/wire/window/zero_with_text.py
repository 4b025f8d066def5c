# SPDX-License-Identifier: GPL-2.0
"""A closed window in the peer's text is obeyed as one in a pure ACK is. RFC 9293 3.10.7.4 fifth step."""


def run(t):
    c = t.accept(win=2000)
    c.write(4000)
    c.expect_data(2)
    t.sleep(100)
    c.inject("PA", 100, win=0)
    c.expect("A", ack=101)
    c.expect("A", seq=2000, after=300, within=120)
    c.inject("A", win=4000)
    c.expect_data(2)
