# SPDX-License-Identifier: GPL-2.0
"""tcp_syncookies 2: the SYN-ACK is a cookie, its ACK opens the connection. RFC 4987 3.6, ip-sysctl."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    c = t.accept(mss=1460)
    c.equal(c.state(), "ESTABLISHED")
    c.inject("PA", 100)
    c.expect("A", ack=101)
    c.write(100)
    c.expect("PA", 100)
