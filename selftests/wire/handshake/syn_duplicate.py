# SPDX-License-Identifier: GPL-2.0
"""A SYN that comes again in SYN-RECEIVED is answered by the same SYN-ACK again. RFC 9293 3.10.7.4, RFC 5961 4.2."""


def run(t):
    t.listen()
    c = t.peer()
    c.inject("S", seq=0)
    c.expect("SA", ack=1)
    t.sleep(600)
    c.inject("S", seq=0)
    c.expect("SA", seq=0, ack=1)
    c.ack()
    t.accept_from(t.listeners[0], c)
    c.quiet(5000)
