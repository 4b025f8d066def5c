# SPDX-License-Identifier: GPL-2.0
"""A SYN beyond the old connection's numbers opens a new one from TIME-WAIT. RFC 9293 3.6.1, RFC 6191."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(1000)
    t.conns.remove(c)
    d = t.peer(80, iss=c.iss + 100000)
    d.port = c.port
    d.inject("S")
    d.expect("SA", ack=1)
    d.ack()
    t.accept_from(t.listeners[0], d)
