# SPDX-License-Identifier: GPL-2.0
"""The last ACK was lost: the SYN-ACK that comes again in ESTABLISHED is acknowledged again. RFC 9293 3.5, RFC
5961 4.2."""


def run(t):
    c = t.connect()
    t.sleep(1000)
    c.inject("SA", seq=0, ack=1)
    c.expect("A", ack=1)
    c.equal(c.state(), "ESTABLISHED")
