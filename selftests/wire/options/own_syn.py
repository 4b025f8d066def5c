# SPDX-License-Identifier: GPL-2.0
"""A SYN offers MSS by the MTU, SACK, timestamps with an echo of 0, window scale. RFC 9293 3.7.1, RFC 2018, RFC 7323."""


def run(t):
    c = t.dial()
    got = c.expect("S", mss=1460 if t.version == 4 else 1440, sack_ok=True)
    c.check(got.wscale is not None and got.wscale <= 14, "no window scale")
    c.check(got.ts and got.ts[1] == 0, f"timestamps {got.ts}")
