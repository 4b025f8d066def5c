# SPDX-License-Identifier: GPL-2.0
"""A cookie does not remember when its SYN-ACK left: the first RTT sample is that of text. RFC 6298 2, RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    c = t.accept(mss=1460)
    t.sleep(10)
    c.write(100)
    c.expect("PA", 100)
    t.sleep(100)
    c.ack()
    t.sleep(10)
    c.between(c.info()["rtt"], 90000, 130000, "the RTT, us,")
