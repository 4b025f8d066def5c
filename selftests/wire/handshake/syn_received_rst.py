# SPDX-License-Identifier: GPL-2.0
"""A RST at RCV.NXT ends a connection in SYN-RECEIVED. RFC 9293 3.10.7.4 second step."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("R")
    c.quiet(5000)
    c.ack()
    c.expect("R", seq=1)
