# SPDX-License-Identifier: GPL-2.0
"""Window scale in a SYN-ACK to a SYN without it is not used. RFC 7323 2.2."""


def run(t):
    t.sysctl("tcp_window_scaling", 0)
    t.sysctl("tcp_timestamps", 0)
    c = t.dial()
    c.expect("S", wscale=None)
    c.inject("SA", options=b"\2\4\3\xe8\1\3\3\7", win=2000)
    c.expect("A", ack=1)
    c.write(5000)
    c.expect_data(2)
    c.quiet(20)
