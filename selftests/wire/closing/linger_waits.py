# SPDX-License-Identifier: GPL-2.0
"""close() with SO_LINGER waits until the peer has acknowledged all, or the time is over. socket(7), RFC 9293 3.9.1."""


def run(t):
    from lib import net
    c = t.accept()
    c.write(100)
    c.expect("PA", 100)
    c.linger(2)
    c.sock.setblocking(True)
    begin = net.now()
    ended = []
    thread = t.background(lambda: (c.sock.close(), ended.append(net.now())))
    c.until(lambda s: "F" in s.flags, 1000, "the FIN")
    c.check(not ended, "close() did not wait")
    t.sleep(500)
    c.check(not ended, "close() did not wait")
    c.ack()
    t.sleep(10)
    thread.join(5)
    c.between(ended[0] - begin, 500, 600, "the time that close() took")
