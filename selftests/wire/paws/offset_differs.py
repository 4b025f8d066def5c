# SPDX-License-Identifier: GPL-2.0
"""Timestamp clocks of different peers' connections do not reveal a common one. RFC 7323 7.1, RFC 6528 3."""


def run(t):
    t.listen()
    seen = []
    for last in (2, 3, 4):
        c = t.peer(ts=True)
        address = f"192.0.2.{last}" if t.version == 4 else f"2001:db8::{last}"
        c.inject("S", src=address)
        seen.append(c.expect("SA", ack=1).ts[0])
    gaps = [abs(a - b) for a, b in zip(seen, seen[1:])]
    c.check(min(gaps) > 100000, f"clocks {seen}")
