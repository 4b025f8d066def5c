# SPDX-License-Identifier: GPL-2.0
"""A cookie is bound to the peer's ISN. RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.inject("A", seq=100000, ack=1)
    c.expect("R", seq=1)
