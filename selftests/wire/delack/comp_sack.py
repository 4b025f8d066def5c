# SPDX-License-Identifier: GPL-2.0
"""Duplicate ACKs of a long train wait for each other, tcp_comp_sack_nr at most, tcp_comp_sack_delay_ns at most;
tcp_comp_sack_nr 0: each goes at once. ip-sysctl, RFC 5681 4.2."""


TRAIN = 60


def train(t, nr):
    t.sysctl("tcp_comp_sack_nr", nr)
    t.sysctl("tcp_comp_sack_delay_ns", 1000000)
    t.sysctl("tcp_comp_sack_slack_ns", 100000)
    c = t.accept()
    # an RTT is measured, and the quick ACKs of a hole are spent
    c.write(1000)
    c.expect("PA", 1000)
    t.sleep(100)
    c.ack()
    for i in range(TRAIN):
        c.inject("A", 1000, seq=2001 + 1000 * i)
    answers = c.drain(100)
    c.equal(c.field(answers[-1], "sack"), [(2001, 2001 + 1000 * TRAIN)], "the last ACK's SACK")
    return len(answers)


def run(t):
    every, held = train(t, 0), train(t, 44)
    if every != TRAIN:
        raise AssertionError(f"{every} ACKs for {TRAIN} segments")
    # XTCP holds none back that fill the growth of the window: it has 64 KiB, and may be slow start's
    if not held < TRAIN * 3 / 4:
        raise AssertionError(f"{held} ACKs in spite of tcp_comp_sack_nr 44")
