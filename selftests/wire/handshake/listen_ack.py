# SPDX-License-Identifier: GPL-2.0
"""An ACK that belongs to no connection gets a RST from a listener. RFC 9293 3.10.7.2 second step."""


def run(t):
    t.listen()
    c = t.peer()
    c.irs = 5000
    c.inject("A", seq=1, ack=1000)
    c.expect("R", seq=1000)
    c.inject("SA", seq=1, ack=1001)
    c.expect("R", seq=1001)
    c.inject("FA", seq=1, ack=1002)
    c.expect("R", seq=1002)
