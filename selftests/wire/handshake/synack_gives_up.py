# SPDX-License-Identifier: GPL-2.0
"""After tcp_synack_retries SYN-ACKs more the request is forgotten. RFC 9293 3.8.3, tcp(7)."""


def run(t):
    t.sysctl("tcp_synack_retries", 1)
    t.listen()
    c = t.peer()
    c.inject("S")
    c.expect("SA", ack=1)
    c.expect("SA", seq=0, ack=1, after=1000)
    c.quiet(10000)
    c.ack()
    c.expect("R", seq=1)
