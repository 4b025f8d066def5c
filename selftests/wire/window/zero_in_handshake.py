# SPDX-License-Identifier: GPL-2.0
"""A peer that opens with a closed window is probed, and served once it opens. RFC 9293 3.8.6.1."""


def run(t):
    c = t.accept(win=0)
    c.write(2000)
    c.until(lambda s: True, 1500, "a probe")
    c.ack(1, win=5000)
    got = c.drain(20)
    c.equal(sum(len(s.data) for s in got), 2000, "the bytes sent")
