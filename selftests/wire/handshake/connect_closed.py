# SPDX-License-Identifier: GPL-2.0
"""close() in SYN-SENT deletes the connection: a SYN-ACK that comes then gets a RST. RFC 9293 3.10.4."""


def run(t):
    c = t.dial()
    c.expect("S")
    c.close()
    c.quiet(5000)
    c.inject("SA", seq=0)
    c.expect("R", seq=1)
