# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK of a connection that reopens from TIME-WAIT is lost: it comes again, and its ACK opens. RFC 9293 3.6.1,
RFC 6191 2, RFC 6298."""


def run(t):
    c = t.accept(ts=True)
    listener = t.listeners[-1]
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    t.sleep(2000)
    t.conns.remove(c)
    d = t.peer(80, iss=c.iss + 1000000, ts=True)
    d.port = c.port
    d.inject("S")
    first = d.expect("SA", ack=1)
    d.check_offer(first)
    again = d.expect("SA", seq=0, ack=1, after=1000, within=50)
    d.equal(again.seq, first.seq, "the ISN")
    d.ack()
    t.accept_from(listener, d)
    d.write(10)
    d.expect("PA", 10, ack=1)
