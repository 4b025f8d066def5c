# SPDX-License-Identifier: GPL-2.0
"""tcp_syncookies 1: once the SYN queue is full, and not before. RFC 4987 3.6, ip-sysctl."""


def run(t):
    t.listen(backlog=4)
    kinds = []
    for _ in range(9):
        c = t.peer()
        c.inject("S")
        got = c.expect("SA", ack=1)
        kinds.append(got.sack_ok)
    c.check(kinds[0] and not kinds[-1], f"options in the SYN-ACKs: {kinds}")
    c.ack()
    t.accept_from(t.listeners[0], c)
