# SPDX-License-Identifier: GPL-2.0
"""Challenge ACKs of all connections are limited to tcp_challenge_ack_limit a second. RFC 5961 7, ip-sysctl."""


def run(t):
    t.sysctl("tcp_challenge_ack_limit", 4)
    t.sysctl("tcp_invalid_ratelimit", 0)
    conns = [t.accept() for _ in range(4)]
    t.sleep(2000)
    answers = 0
    for c in conns:
        for _ in range(5):
            c.inject("R", seq=c.snd_nxt + 10)
        answers += len(c.drain())
    conns[0].between(answers, 1, 8, "the number of answers")
