# SPDX-License-Identifier: GPL-2.0
"""The ACK of a retransmission is no sample of the RTT. RFC 6298 3 (Karn)."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=300)
    c.ack()
    t.sleep(10)
    c.between(c.info()["rtt"], 95000, 105000, "SRTT")
