# SPDX-License-Identifier: GPL-2.0
"""What a behaviour makes the stack count. counters.conf, beside run.py, has a line for a behaviour: the names that must
have risen when it is over, of both stacks where the kernel's TCP has that name too. So a counter means the same here and
there, and each has a test. Called by run.py.
"""

import os

from .conn import Mismatch

TABLE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "counters.conf")
FILES = {"tcp": (("snmp", "Tcp:"), ("netstat", "TcpExt:")), "xtcp": (("xtcp/snmp", "Xtcp:"),)}


def read(stack):
    """All counters of this thread's namespace."""
    values = {}
    for name, prefix in FILES[stack]:
        with open("/proc/thread-self/net/" + name, encoding="ascii") as file:
            lines = [line.split()[1:] for line in file if line.startswith(prefix)]
        values.update(zip(lines[0], map(int, lines[1])))
    return values


def table():
    """{behaviour: [(name, stacks)]}; a name with a stack behind it, Name@xtcp, is of that one alone."""
    known = {}
    with open(TABLE, encoding="ascii") as file:
        for line in file:
            words = line.split("#")[0].split()
            if words:
                known[words[0].rstrip(":")] = [tuple(word.partition("@")[::2]) for word in words[1:]]
    return known


def check(stack, wanted):
    """Raises a mismatch unless all that is wanted of this stack was counted."""
    have = read(stack) if wanted else {}
    for name, only in wanted:
        if only and only != stack:
            continue
        # what the kernel has no name for is only ours
        if name not in have and stack == "tcp" and not only:
            continue
        if not have.get(name):
            raise Mismatch(f"{name} was not counted; counted were "
                           + ", ".join(f"{n} {v}" for n, v in have.items() if v))
