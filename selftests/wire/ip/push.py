# SPDX-License-Identifier: GPL-2.0
"""PSH is set where the buffer is emptied. RFC 9293 3.9.1.2."""


def run(t):
    c = t.accept()
    c.write(100)
    c.expect("PA", 100)
    c.ack()
    c.write(3000)
    got = c.drain(5)
    c.check("P" in got[-1].flags, "no PSH in the last segment")
