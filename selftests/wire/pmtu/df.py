# SPDX-License-Identifier: GPL-2.0
"""Segments carry DF: the path's MTU is discovered. RFC 1191 3, RFC 9293 3.7.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1, df=True)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.write(1000)
    c.expect("A", 1000, df=True)
