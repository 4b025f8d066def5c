# SPDX-License-Identifier: GPL-2.0
"""An error that quotes too little to check is ignored. RFC 5927 4.1, RFC 1122 3.2.2."""


def run(t):
    c = t.dial()
    c.expect("S")
    head = 20 if t.version == 4 else 40
    c.icmp("port", quoted=t.seen[-1].packet[:head + 4])
    t.sleep(5)
    c.equal(c.state(), "SYN_SENT")
    c.inject("SA")
    c.expect("A", ack=1)
