# SPDX-License-Identifier: GPL-2.0
"""A SYN-ACK answers each option that the SYN offered. RFC 7323 2.2, 3.2, RFC 2018 2."""


def run(t):
    t.listen()
    c = t.peer(wscale=7, ts=True)
    c.inject("S")
    got = c.expect("SA", ack=1, mss=1460 if t.version == 4 else 1440, sack_ok=True)
    c.check(got.wscale is not None, "no window scale")
    c.check(got.ts and got.ts[1] == 5000, f"timestamps {got.ts}")
