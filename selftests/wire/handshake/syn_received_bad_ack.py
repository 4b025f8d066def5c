# SPDX-License-Identifier: GPL-2.0
"""An ACK of what was not sent gets a RST in SYN-RECEIVED, and the request stays. RFC 9293 3.10.7.4 fifth step."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("A", ack=1000)
    c.expect("R", seq=1000)
    c.inject("A", ack=0)
    c.expect("R", seq=0)
    c.inject("A", ack=1)
    t.accept_from(t.listeners[0], c)
