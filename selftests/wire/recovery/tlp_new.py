# SPDX-License-Identifier: GPL-2.0
"""The probe is new text where there is some and the window lets it go. RFC 8985 7.3."""


def run(t):
    t.sysctl("tcp_early_retrans", 3)
    c = t.accept()
    c.write(12000)
    c.expect_data(10)
    c.expect("A", 1000, seq=10001, after=200)
