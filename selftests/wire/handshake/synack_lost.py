# SPDX-License-Identifier: GPL-2.0
"""The SYN-ACK is lost: the SYN comes again, and the answer to that opens the connection. RFC 9293 3.8.1, RFC 6298."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.expect("S", seq=0, after=1000)
    t.sleep(100)
    c.inject("SA")
    c.expect("A", ack=1)
    c.write(100)
    c.expect("PA", 100)
