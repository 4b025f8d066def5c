# SPDX-License-Identifier: GPL-2.0
"""By default a SYN asks for no ECN, and no text is ECT. ip-sysctl tcp_ecn, RFC 3168."""


def run(t):
    c = t.connect()
    c.write(2000)
    c.expect_data(2, ecn=0)
