# SPDX-License-Identifier: GPL-2.0
"""A path without delay has a time-out of 200 ms. RFC 6298 2.4, ip-sysctl."""


def run(t):
    c = t.accept(rtt=0)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=200, within=12)
