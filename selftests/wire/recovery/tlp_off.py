# SPDX-License-Identifier: GPL-2.0
"""tcp_early_retrans 0: no probe before the time-out. ip-sysctl, RFC 8985 7."""


def run(t):
    c = t.accept()
    c.write(3000)
    c.expect_data(3)
    c.expect("A", 1000, seq=1, after=300)
