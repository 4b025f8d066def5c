# SPDX-License-Identifier: GPL-2.0
"""The probe repaired a loss: the congestion window is reduced. RFC 8985 7.4.2."""


def run(t):
    t.sysctl("tcp_early_retrans", 3)
    c = t.accept()
    c.write(10000)
    c.expect_data(10)
    t.sleep(100)
    c.ack(9001)
    cwnd = c.info()["snd_cwnd"]
    c.until(lambda s: s.seq - c.irs == 9001, 500, "the probe")
    t.sleep(100)
    c.ack(10001)
    t.sleep(110)
    c.write(100)
    c.drain()
    c.ack()
    t.sleep(5)
    c.check(c.info()["snd_cwnd"] < cwnd, "cwnd was not reduced")
