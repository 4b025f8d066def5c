# SPDX-License-Identifier: GPL-2.0
"""tcp_syncookies 0: with the SYN queue full a SYN is dropped. ip-sysctl, RFC 4987."""


def run(t):
    t.sysctl("tcp_syncookies", 0)
    t.listen(backlog=4)
    answered = 0
    for _ in range(12):
        c = t.peer()
        c.inject("S", seq=0)
        answered += any("S" in s.flags for s in c.drain(2))
    c.between(answered, 3, 8, "the SYNs answered")
