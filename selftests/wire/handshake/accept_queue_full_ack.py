# SPDX-License-Identifier: GPL-2.0
"""With the accept queue full the last ACK is put off: the SYN-ACK comes again, and its ACK opens. listen(2), tcp(7)."""


def run(t):
    listener = t.listen(backlog=2)
    peers = [t.peer() for _ in range(4)]
    for c in peers[:2]:
        c.inject("S")
        c.expect("SA", ack=1)
        c.ack()
    for c in peers[2:]:
        c.inject("S")
        c.expect("SA", ack=1)
    peers[2].ack()
    last = peers[3]
    last.ack()
    last.expect("SA", seq=0, ack=1, after=1000, within=50)
    for c in peers[:3]:
        t.accept_from(listener, c)
    last.ack()
    t.accept_from(listener, last)
    last.inject("PA", 10)
    last.expect("A", ack=11)
