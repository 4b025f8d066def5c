# SPDX-License-Identifier: GPL-2.0
"""The probe's SACK shows the rest of the tail lost: it is resent without a time-out. RFC 8985 7.4, 6.2."""


def run(t):
    t.sysctl("tcp_early_retrans", 3)
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    t.sleep(100)
    c.ack(2001)
    c.expect("A", 1000, seq=4001, after=200, within=120)
    # Longer than the shortest RTT, or the SACK could be that of the first transmission.
    t.sleep(110)
    c.ack(2001, sack=[(4001, 5001)])
    c.until(lambda s: s.seq - c.irs == 2001, 60, "the first hole")
    t.sleep(100)
    c.ack(3001, sack=[(4001, 5001)])
    c.until(lambda s: s.seq - c.irs == 3001, 60, "the second hole")
