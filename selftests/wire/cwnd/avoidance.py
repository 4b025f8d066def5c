# SPDX-License-Identifier: GPL-2.0
"""Beyond ssthresh the window grows by one segment in a round trip. RFC 5681 3.1."""


def run(t):
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    for end in (2001, 3001, 4001):
        c.ack(1, sack=[(1001, end)])
    c.drain(5)
    t.sleep(100)
    c.ack(10001)
    c.write(60000)
    flights = []
    for _ in range(5):
        flights.append(len(c.drain(2)))
        t.sleep(98)
        c.ack()
    steps = [b - a for a, b in zip(flights, flights[1:])]
    c.check(all(0 <= step <= 1 for step in steps) and sum(steps) >= 2, f"flights {flights}")
