# SPDX-License-Identifier: GPL-2.0
"""With timestamps the ACK of a retransmission is a sample: the echo says which was answered. RFC 7323 4.1."""


def run(t):
    c = t.accept(rtt=100, ts=True)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=300)
    t.sleep(20)
    c.ack()
    t.sleep(5)
    c.between(c.info()["rtt"], 80000, 96000, "SRTT")
