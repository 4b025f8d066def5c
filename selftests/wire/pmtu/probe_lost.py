# SPDX-License-Identifier: GPL-2.0
"""A probe of the path's MTU that is lost is resent in smaller segments, and nothing is congested. RFC 4821 7.6."""


def run(t):
    t.sysctl("tcp_mtu_probing", 2)
    t.sysctl("tcp_base_mss", 900)
    t.sysctl("tcp_early_retrans", 0)
    c = t.connect(mss=1400, ts=True)
    probe = None
    for _ in range(20):
        c.write(30000)
        for _ in range(40):
            got = [s for s in c.drain(10) if s.data]
            if not got:
                break
            large = [s for s in got if len(s.data) > 900]
            t.sleep(90)
            if large and probe is None:
                probe = ((large[0].seq - c.irs) & 0xffffffff, len(large[0].data))
                end = (got[-1].seq - c.irs & 0xffffffff) + len(got[-1].data)
                c.ack(probe[0])
                for behind in range(probe[0] + probe[1] + 900, end + 1, 900):
                    c.ack(probe[0], sack=[(probe[0] + probe[1], behind)])
                again = c.until(lambda s: (s.seq - c.irs) & 0xffffffff == probe[0], 3000, "the probe's text")
                c.check(len(again.data) <= 900, f"the text is resent in {len(again.data)} bytes")
                return
            c.ack()
    c.check(False, "no probe was sent")
