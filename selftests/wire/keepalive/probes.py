# SPDX-License-Identifier: GPL-2.0
"""An idle connection with SO_KEEPALIVE is probed after TCP_KEEPIDLE, one byte below SND.NXT. RFC 9293 3.8.4, tcp(7)."""


def run(t):
    c = t.accept()
    c.setopt("TCP_KEEPIDLE", 10)
    c.setopt("TCP_KEEPINTVL", 5)
    c.setopt("SO_KEEPALIVE", 1)
    c.expect("A", seq=0, ack=1, after=10000)
    c.ack()
    c.expect("A", seq=0, ack=1, after=10000)
    c.ack()
    c.quiet(9000)
