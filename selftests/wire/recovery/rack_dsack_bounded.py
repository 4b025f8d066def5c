# SPDX-License-Identifier: GPL-2.0
"""D-SACKs ask for patience, yet no peer can put off recovery by them for longer than a round trip. RFC 8985 6.2 (step
4: the reordering window is SRTT at most)."""


def run(t):
    c = t.accept()
    c.write(4000)
    c.expect_data(4)
    t.sleep(100)
    c.ack(1, sack=[(3001, 4001)])
    t.sleep(2)
    c.ack(3001, sack=[(3001, 4001)])
    c.ack(4001)
    c.drain(50)
    for _ in range(30):
        at = c.rcv_nxt
        c.write(1000)
        c.expect("PA", 1000)
        t.sleep(100)
        c.ack(sack=[(at - 1000, at)])
        c.drain(5)
    at = c.rcv_nxt
    c.write(6000)
    c.expect_data(6)
    t.sleep(100)
    c.ack(at, sack=[(at + 1000, at + 6000)])
    begin = t.mark
    got = c.until(lambda s: s.seq - c.irs == at, 250, "the retransmission")
    c.check(got.time - begin < 130, f"it came after {got.time - begin:.0f} ms")
