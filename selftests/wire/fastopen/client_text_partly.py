# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK acknowledges a part of the text: only the rest is sent again. RFC 7413 4.2.1, RFC 9293 3.10.7.3."""

from lib.fastopen import fast_connect, learn_cookie


def run(t):
    learn_cookie(t)
    c = fast_connect(t, 100)
    c.expect("S", 100)
    t.sleep(100)
    c.inject("SA", ack=31)
    c.until(lambda s: len(s.data) == 70 and s.seq - c.irs == 31, 20, "the rest")
    c.rcv_nxt = 101
    t.sleep(100)
    c.drain()
    c.ack(101)
    c.write(50)
    c.expect("PA", 50, seq=101)
