# SPDX-License-Identifier: GPL-2.0
"""Initial sequence numbers of different connections have nothing to do with each other. RFC 6528 3."""


def run(t):
    t.listen()
    seen = []
    for _ in range(6):
        c = t.peer()
        c.inject("S")
        c.expect("SA", ack=1)
        c.inject("R")
        seen.append(c.irs)
    gaps = {(b - a) & 0xffffffff for a, b in zip(seen, seen[1:])}
    c.check(len(gaps) == 5, f"equal steps between ISNs {seen}")
    c.check(max(seen) - min(seen) > 1 << 20, f"ISNs {seen} lie close together")
