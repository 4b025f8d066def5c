# SPDX-License-Identifier: GPL-2.0
"""What sysctls switch off is not offered. ip-sysctl: tcp_timestamps, tcp_sack, tcp_window_scaling."""


def run(t):
    t.sysctl("tcp_timestamps", 0)
    t.sysctl("tcp_sack", 0)
    t.sysctl("tcp_window_scaling", 0)
    c = t.dial()
    c.expect("S", mss=1460 if t.version == 4 else 1440, ts=None, sack_ok=False, wscale=None)
