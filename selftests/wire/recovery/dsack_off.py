# SPDX-License-Identifier: GPL-2.0
"""tcp_dsack 0: no D-SACK is sent. ip-sysctl, RFC 2883."""


def run(t):
    t.sysctl("tcp_dsack", 0)
    c = t.accept()
    c.inject("A", 1000)
    c.expect("A", ack=1001)
    c.inject("A", 1000, seq=1)
    c.expect("A", ack=1001, sack=[])
