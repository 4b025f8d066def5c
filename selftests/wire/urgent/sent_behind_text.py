# SPDX-License-Identifier: GPL-2.0
"""Text sent before the urgent byte carries the pointer as soon as that is written. RFC 9293 3.8.5."""

import socket


def run(t):
    c = t.accept(win=2000)
    c.write(2000)
    c.expect_data(2)
    c.write(1500)
    c.write(1, socket.MSG_OOB)
    t.sleep(100)
    c.ack(win=20000)
    got = c.drain(5)
    c.equal(sum(len(s.data) for s in got), 1501, "the bytes sent")
    for s in got:
        c.check("U" in s.flags, "no URG before the urgent byte")
        c.equal(s.seq - c.irs + s.urp, 3502, "where the pointer points")
