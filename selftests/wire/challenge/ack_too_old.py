# SPDX-License-Identifier: GPL-2.0
"""An ACK older than SND.UNA less the largest window gets a challenge, its text is not taken. RFC 5961 5.2."""


def run(t):
    c = t.accept()
    c.inject("PA", 10, ack=1 - 70000)
    c.expect("A", seq=1, ack=1)
    c.nothing_to_read()
    c.inject("PA", 10, seq=1, ack=1)
    c.expect("A", ack=11)
