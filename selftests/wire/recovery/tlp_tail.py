# SPDX-License-Identifier: GPL-2.0
"""The tail is lost: after two round trips the last segment is sent again. RFC 8985 7.2, 7.3."""


def run(t):
    t.sysctl("tcp_early_retrans", 3)
    c = t.accept()
    c.write(3000)
    c.expect_data(3)
    c.expect("A", 1000, seq=2001, after=200)
