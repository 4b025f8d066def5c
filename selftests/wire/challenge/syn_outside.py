# SPDX-License-Identifier: GPL-2.0
"""A SYN outside the window gets the same challenge ACK. RFC 5961 4.2."""


def run(t):
    c = t.accept()
    c.inject("S", seq=-70000)
    c.expect("A", seq=1, ack=1)
    c.snd_nxt = 1
    t.sleep(1000)
    c.inject("S", seq=1 << 30)
    c.expect("A", seq=1, ack=1)
    c.equal(c.state(), "ESTABLISHED")
