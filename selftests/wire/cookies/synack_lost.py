# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK with the cookie is lost: the SYN comes again, is answered again, and either ACK opens. RFC 4987 3.6,
RFC 9293 3.8.1."""

from lib.conn import ANY


def run(t):
    t.sysctl("tcp_syncookies", 2)
    listener = t.listen()
    for seconds in (1, 3):
        c = t.peer()
        c.inject("S")
        first = c.expect("SA", ack=1)
        t.sleep(1000 * seconds)
        c.inject("S", seq=0)
        again = c.expect("SA", seq=ANY, ack=1)
        c.irs = first.seq if seconds == 1 else again.seq
        c.rcv_nxt = 1
        c.ack()
        t.accept_from(listener, c)
        c.write(10)
        c.expect("PA", 10, ack=1)
