# SPDX-License-Identifier: GPL-2.0
"""The peer that did mean it answers the challenge by a RST at the right place. RFC 5961 3.2."""


def run(t):
    c = t.accept()
    c.inject("R", seq=1000)
    got = c.expect("A", ack=1)
    c.inject("R", seq=got.ack - c.iss)
    c.fails("ECONNRESET")
