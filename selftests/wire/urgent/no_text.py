# SPDX-License-Identifier: GPL-2.0
"""URG in a segment without text is taken with it. RFC 9293 3.10.7.4 sixth step."""


def run(t):
    c = t.accept()
    c.inject("AU", urp=10)
    c.drain(60)
    c.inject("PA", 100)
    c.until(lambda s: s.ack - c.iss == 101, 60)
    c.equal(c.state(), "ESTABLISHED")
