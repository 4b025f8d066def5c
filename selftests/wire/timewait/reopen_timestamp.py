# SPDX-License-Identifier: GPL-2.0
"""A SYN with a newer timestamp opens a new connection from TIME-WAIT, whatever its number. RFC 6191 2."""


def run(t):
    c = t.accept(ts=True)
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(2000)
    t.conns.remove(c)
    d = t.peer(80, iss=c.iss - 100000, ts=True)
    d.port = c.port
    d.inject("S")
    d.expect("SA", ack=1)
