# SPDX-License-Identifier: GPL-2.0
"""A RST to a port where nobody listens gets no answer. RFC 9293 3.10.7.1."""


def run(t):
    c = t.peer(81)
    c.irs = 1
    c.inject("R", seq=1)
    c.inject("RA", seq=1, ack=5)
    c.quiet(1000)
