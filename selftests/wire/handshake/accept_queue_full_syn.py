# SPDX-License-Identifier: GPL-2.0
"""With the accept queue full a SYN is not answered; when there is room it is. listen(2), tcp(7)."""


def run(t):
    listener = t.listen(backlog=1)
    for _ in range(2):
        c = t.peer()
        c.inject("S")
        c.expect("SA", ack=1)
        c.ack()
    c = t.peer()
    c.inject("S", seq=0)
    c.quiet(900)
    t.accept_from(listener, t.conns[0])
    c.inject("S", seq=0)
    c.expect("SA", ack=1)
