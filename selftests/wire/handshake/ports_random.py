# SPDX-License-Identifier: GPL-2.0
"""The ports that connect() chooses for different peers do not follow one another. RFC 6056 3.3, 3.5."""


def run(t):
    ports = []
    for _ in range(12):
        c = t.dial()
        c.expect("S")
        ports.append(c.near_port)
    steps = {abs(b - a) for a, b in zip(ports, ports[1:])}
    c.check(len(set(ports)) == len(ports), f"a port twice: {ports}")
    c.check(len(steps) > 8, f"ports {ports} are a series")
    c.check(max(ports) - min(ports) > 2000, f"ports {ports} lie close together")
