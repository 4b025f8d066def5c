# SPDX-License-Identifier: GPL-2.0
"""A RST ends TIME-WAIT unless tcp_rfc1337 is set. ip-sysctl, RFC 1337."""


def run(t):
    c = t.accept()
    c.close()
    c.expect("FA")
    c.inject("FA")
    c.expect("A", ack=2)
    c.inject("R")
    t.sleep(10)
    c.inject("A")
    c.expect("R", seq=2)
