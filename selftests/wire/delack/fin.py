# SPDX-License-Identifier: GPL-2.0
"""A FIN is acknowledged within the delay at the latest. RFC 9293 3.10.7.4 eighth step."""


def run(t):
    c = t.accept()
    c.setopt("TCP_QUICKACK", 0)
    c.inject("FA")
    c.expect("A", ack=2, within=60)
