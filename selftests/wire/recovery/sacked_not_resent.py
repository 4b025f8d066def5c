# SPDX-License-Identifier: GPL-2.0
"""After a time-out too what was SACKed is not resent. RFC 6675 5.1, RFC 2018 8."""


def run(t):
    c = t.accept()
    c.write(5000)
    c.expect_data(5)
    t.sleep(100)
    c.ack(1, sack=[(3001, 4001)])
    seen = []
    for _ in range(4):
        got = c.until(lambda s: s.data, 3000)
        seen.append(got.seq - c.irs)
        t.sleep(50)
        if got.seq - c.irs == 2001:
            c.ack(4001)
        elif got.seq - c.irs < 2001:
            c.ack(got.seq - c.irs + 1000, sack=[(3001, 4001)])
        else:
            c.ack(5001)
            break
    c.equal(seen, [1, 1001, 2001, 4001], "what was resent")
