# SPDX-License-Identifier: GPL-2.0
"""By default it takes some 15 minutes of silence to end a connection. RFC 9293 3.8.3 (SHLD-11), tcp(7)."""


def run(t):
    c = t.accept(rtt=0)
    c.write(100)
    begin = t.mark
    c.drain(880000)
    c.equal(c.state(), "ESTABLISHED")
    c.drain(200000)
    c.fails("ETIMEDOUT")
    c.check(t.mark > begin, "no time passed")
