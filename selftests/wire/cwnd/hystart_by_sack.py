# SPDX-License-Identifier: GPL-2.0
"""Slow start ends when the round trip grows, although a hole leaves nothing but SACKs to measure it by. RFC 9406 4.2,
RFC 6675."""

RTT = 100
BEYOND = 12


def run(t):
    t.sysctl("tcp_congestion_control", "cubic")
    t.sysctl("tcp_reordering", 30)
    c = t.accept(rtt=RTT)
    for count in (10, 20):
        c.write(count * 1000)
        c.expect_data(count)
        t.sleep(RTT)
        c.ack()
    c.equal(c.info()["snd_ssthresh"], 0x7fffffff, "ssthresh in slow start")
    c.write(30000)
    c.expect_data(30)
    t.sleep(RTT * 3 / 2)
    # its first ACK begins a round of HyStart, all others tell of a hole
    for i in range(BEYOND + 1):
        c.ack(31001, sack=[(32001, 32001 + 1000 * i)] if i else ())
    c.between(c.info()["snd_ssthresh"], 30, 50, "ssthresh once the queue grew")
    c.equal(c.info()["sacked"], BEYOND, "SACKed segments")
    c.equal(c.info()["lost"], 0, "lost segments")
