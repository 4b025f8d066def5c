# SPDX-License-Identifier: GPL-2.0
"""With no cookie given recently an ACK out of the blue gets a RST, not a check of cookies. RFC 4987 3.6."""


def run(t):
    t.listen()
    c = t.peer()
    c.irs = 0
    for ack in range(1, 1000, 100):
        c.inject("A", seq=1, ack=ack)
        c.expect("R", seq=ack)
