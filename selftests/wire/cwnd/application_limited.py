# SPDX-License-Identifier: GPL-2.0
"""A window that the application does not use does not grow. RFC 7661 in spirit, RFC 5681 4.1."""


def run(t):
    c = t.accept()
    for _ in range(20):
        c.write(100)
        c.expect("PA", 100)
        t.sleep(100)
        c.ack()
    c.between(c.info()["snd_cwnd"], 10, 11, "cwnd")
