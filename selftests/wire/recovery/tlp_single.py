# SPDX-License-Identifier: GPL-2.0
"""A lone segment may be waiting for a delayed ACK: the probe comes no earlier than the time-out allows. RFC
8985 7.2."""


def run(t):
    t.sysctl("tcp_early_retrans", 3)
    c = t.accept(rtt=10)
    c.write(500)
    c.expect("PA", 500)
    c.quiet(195)
    c.until(lambda s: s.data, 60, "the segment again")
