# SPDX-License-Identifier: GPL-2.0
"""An error about a SYN that was not sent is ignored. RFC 5927 4.1."""


def run(t):
    c = t.dial()
    c.expect("S")
    for wrong in (2, -1, 100000):
        c.icmp("port", seq=wrong)
    t.sleep(5)
    c.equal(c.state(), "SYN_SENT")
    c.inject("SA")
    c.expect("A", ack=1)
