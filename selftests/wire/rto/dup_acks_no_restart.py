# SPDX-License-Identifier: GPL-2.0
"""Only an ACK of new text restarts the timer: duplicate ACKs do not put the time-out off, however many there are.
RFC 6298 5.3."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    begin = t.mark
    for _ in range(7):
        t.sleep(40)
        c.ack(1)
    c.expect("PA", 100, seq=1, after=20, within=40)
    c.between(t.mark - begin, 291, 353, "the time-out")
