# SPDX-License-Identifier: GPL-2.0
"""Reserved bits in the header are ignored. RFC 9293 3.1."""


def run(t):
    c = t.accept()
    c.inject("PA", 10, reserved=6)
    c.expect("A", ack=11)
