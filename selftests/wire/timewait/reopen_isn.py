# SPDX-License-Identifier: GPL-2.0
"""The new incarnation's ISN lies beyond the old one's numbers. RFC 9293 3.6.1, RFC 6191."""

from lib.segment import signed


def run(t):
    c = t.accept()
    c.write(5000)
    c.drain(5)
    c.ack()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.conns.remove(c)
    d = t.peer(80, iss=c.iss + 100000)
    d.port = c.port
    d.inject("S")
    d.expect("SA", ack=1)
    d.check(signed(d.irs - (c.irs + 5002)) > 0, "the ISN lies in the old connection")
