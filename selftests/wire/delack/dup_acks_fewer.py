# SPDX-License-Identifier: GPL-2.0
"""Behind a gap the first three segments are acknowledged one by one, which is what a fast retransmission takes, the rest
of a burst by one SACK a millisecond later. RFC 5681 4.2 (which wants each at once), ip-sysctl tcp_comp_sack_delay_ns."""


def run(t):
    c = t.accept()
    for i in range(12):
        c.inject("A", 1000, seq=1001 + 1000 * i)
    answers = c.drain(20)
    c.check(4 <= len(answers) <= 6, f"{len(answers)} ACKs of 12 segments")
    c.equal(c.field(answers[2], "sack"), [(1001, 4001)], "the third SACK")
    c.equal(c.field(answers[-1], "sack"), [(1001, 13001)], "the last SACK")
    c.inject("A", 1000, seq=1)
    c.expect("A", ack=13001)
