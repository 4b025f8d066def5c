# SPDX-License-Identifier: GPL-2.0
"""An ACK with a cookie that was never given gets a RST. RFC 4987 3.6."""


def run(t):
    t.sysctl("tcp_syncookies", 2)
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    for wrong in (100, 0x05000001, -5000):
        c.inject("A", ack=wrong)
        c.expect("R", seq=wrong)
    c.ack(1)
    t.accept_from(t.listeners[0], c)
