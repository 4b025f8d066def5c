# SPDX-License-Identifier: GPL-2.0
"""An ACK to a port where nobody listens gets a RST at its ACK number. RFC 9293 3.10.7.1."""


def run(t):
    c = t.peer(81)
    c.irs = 4242
    c.inject("A", seq=1, ack=77)
    c.expect("R", seq=77)
    c.inject("SA", seq=1, ack=78)
    c.expect("R", seq=78)
    c.inject("FPA", 10, seq=1, ack=79)
    c.expect("R", seq=79)
