# SPDX-License-Identifier: GPL-2.0
"""The probe was needless, as its D-SACK says: nothing is reduced. RFC 8985 7.4.1."""


def run(t):
    t.sysctl("tcp_early_retrans", 3)
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(9001)
    c.until(lambda s: s.seq - c.irs == 9001, 500, "the probe")
    c.ack(10001)
    cwnd = c.info()["snd_cwnd"]
    c.ack(10001, sack=[(9001, 10001)])
    t.sleep(200)
    c.check(c.info()["snd_cwnd"] >= cwnd, "cwnd was reduced")
