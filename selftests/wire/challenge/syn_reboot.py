# SPDX-License-Identifier: GPL-2.0
"""The peer lost its memory and opens anew: the challenge makes it reset the old connection. RFC 5961 4.2, RFC
9293 3.5.1."""


def run(t):
    c = t.accept()
    c.inject("S", seq=77777)
    got = c.expect("A", seq=1, ack=1)
    c.inject("R", seq=got.ack - c.iss)
    c.fails("ECONNRESET")
