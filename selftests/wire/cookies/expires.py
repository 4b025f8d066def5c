# SPDX-License-Identifier: GPL-2.0
"""A cookie is good for a few minutes at most. RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    t.sleep(30000)
    d = t.peer()
    d.inject("S")
    d.expect("SA", ack=1)
    c.ack()
    t.accept_from(t.listeners[0], c)
    t.sleep(600000)
    d.ack()
    d.expect("R", seq=1)
