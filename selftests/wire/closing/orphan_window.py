# SPDX-License-Identifier: GPL-2.0
"""An orphan whose peer keeps the window closed without an answer gives up. RFC 9293 3.8.6.1, tcp(7)."""


def run(t):
    t.sysctl("tcp_orphan_retries", 3)
    c = t.accept(win=2000)
    c.write(4000)
    c.expect_data(2)
    t.sleep(100)
    c.ack(win=0)
    c.close()
    c.drain(120000)
    c.ack(2001)
    c.expect("R", seq=2001)
