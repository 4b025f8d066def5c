# SPDX-License-Identifier: GPL-2.0
"""The backed-off time-out stays until a new sample. RFC 6298 5.7 (Karn's other half), 3."""


def run(t):
    c = t.accept(rtt=100)
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=1, after=300)
    c.expect("PA", 100, seq=1, after=600)
    c.ack()
    t.sleep(100)
    c.write(100)
    c.expect("PA", 100)
    t.sleep(100)
    c.ack()
    c.write(100)
    c.expect("PA", 100)
    c.expect("PA", 100, seq=201, after=300, within=60)
