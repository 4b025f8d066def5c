# SPDX-License-Identifier: GPL-2.0
"""A RST for no connection needs no options and no window. RFC 9293 3.10.7.1."""


def run(t):
    c = t.peer(81, ts=True, wscale=7)
    c.inject("S")
    got = c.expect("RA", ack=1, ts=None)
    c.equal(got.win, 0, "the window")
