# SPDX-License-Identifier: GPL-2.0
"""After a pause the first segments are acknowledged at once again. RFC 9293 3.8.6.3, tcp(7)."""


def run(t):
    c = t.accept()
    for _ in range(29):
        c.inject("A", 1000)
        c.drain(60)
        c.read(1000)
    t.sleep(5000)
    c.drain()
    c.inject("A", 1000)
    c.expect("A", ack=30001, within=250)
