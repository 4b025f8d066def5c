# SPDX-License-Identifier: GPL-2.0
"""FINs cross, and the ACK of ours is lost: in CLOSING the FIN comes again until it is acknowledged. RFC 9293 3.6,
figure 13, RFC 6298 5.4."""


def run(t):
    c = t.accept()
    c.shutdown()
    c.expect("FA")
    c.inject("FA", ack=1)
    c.expect("A", seq=2, ack=2, within=60)
    c.expect("FA", seq=1, ack=2, after=300, within=70)
    c.expect("FA", seq=1, ack=2, after=600)
    c.equal(c.state(), "CLOSING")
    c.ack(2)
    t.sleep(5)
    c.equal(c.state(), "CLOSE")
    c.quiet(5000)
