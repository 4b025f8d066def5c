#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Runs behaviours against both stacks, for IPv4 and IPv6, and judges: the verdict must be the same, or the difference
be listed in Documentation/protocol.rst. TAP.

    scripts/vm --kernel uml -- selftests/wire/run.py [--stack tcp|xtcp] [--version 4|6] [--selection stock] [--verbose]
        [NAME...]

NAME is a part of a behaviour's name, which is its path: handshake/passive. Root, and a namespace for each run.
"""

import argparse
import importlib.util
import os
import re
import signal
import sys
import traceback

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

from lib import counters  # noqa: E402
from lib.conn import Mismatch  # noqa: E402
from lib.net import is_virtual  # noqa: E402
from lib.test import Test  # noqa: E402

SELECTIONS = ("stock",)
NOT_BEHAVIOURS = {"lib", "bench", "__pycache__"}
# Of virtual time: nothing a behaviour waits for takes longer.
LIMIT_S = 40 * 24 * 3600


def behaviours(parts):
    names = []
    for group in sorted(os.listdir(HERE)):
        folder = os.path.join(HERE, group)
        if os.path.isdir(folder) and group not in NOT_BEHAVIOURS:
            names += [f"{group}/{file[:-3]}" for file in sorted(os.listdir(folder)) if file.endswith(".py")]
    return [name for name in names if not parts or any(part in name for part in parts)]


def selection(name):
    """The behaviours of NAME.list, a name a line."""
    with open(os.path.join(HERE, name + ".list"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def unselected():
    """What a selection names that is not there, and folders that it forgets."""
    known, missing = set(behaviours([])), []
    for chosen in map(selection, SELECTIONS):
        missing += [name for name in chosen if name not in known]
        missing += sorted({name.split("/")[0] for name in known} - {name.split("/")[0] for name in chosen})
    return missing


def load(name):
    path = os.path.join(HERE, name + ".py")
    spec = importlib.util.spec_from_file_location(name.replace("/", "."), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not re.search(r"RFC \d+|\w+\([27]\)|ip-sysctl", " ".join((module.__doc__ or "").split())):
        raise ValueError(f"{name} does not open with what it is about and its source")
    return module


def differences():
    """From Documentation/protocol.rst: {(behaviour, stack): reason}, the runs that are meant to fail."""
    table, inside = {}, False
    with open(os.path.join(TOP, "Documentation", "protocol.rst"), encoding="utf-8") as file:
        for line in file:
            if line.startswith(".. wire differences"):
                inside = line.strip().endswith("begin")
            elif inside:
                match = re.match(r"(\w+/\w+) +(tcp|xtcp)(?: +IPv([46]))? +(\S.*)", line)
                if match:
                    for version in (4, 6):
                        if match[3] in (None, str(version)):
                            table[match[1], match[2], version] = match[4].strip()
    return table


def run_one(name, version, stack, log, counted=()):
    """None, or what was wrong. log gets the conversation. counted: of counters.table()."""
    test = module = None
    try:
        module = load(name)
        test = Test(version, stack)
        module.run(test)
        counters.check(stack, counted)
        return None
    except Mismatch as error:
        return f"line {script_line(module)}: {error}"
    except Exception as error:  # a broken script fails, the others go on
        return f"line {script_line(module)}: {type(error).__name__}: {error}\n{traceback.format_exc()}"
    finally:
        if test:
            log += test.log
            test.close()


def script_line(module):
    for frame in reversed(traceback.extract_tb(sys.exc_info()[2])):
        if module and frame.filename == module.__file__:
            return frame.lineno
    return "?"


def out_of_time(_signal, _frame):
    raise Mismatch("the behaviour does not end")


def arguments():
    parser = argparse.ArgumentParser(description="Runs behaviours of TCP, segment by segment, on both stacks.")
    parser.add_argument("--stack", choices=("tcp", "xtcp"), help="this stack alone")
    parser.add_argument("--version", type=int, choices=(4, 6), help="IPv4 or IPv6 alone")
    parser.add_argument("--verbose", action="store_true", help="every conversation, not only those that fail")
    parser.add_argument("--list", action="store_true", help="names and intents, run nothing")
    parser.add_argument("--selection", choices=SELECTIONS, help="the behaviours of SELECTION.list alone")
    parser.add_argument("names", nargs="*", help="part of a behaviour's name")
    return parser.parse_args()


def quiet_kernel():
    """What the guest's kernel does every few seconds or minutes of virtual time, and days are many of them: connection
    tracking walks its table, kmemleak all memory (scripts/vm has it look once more at the end)."""
    if not is_virtual():
        return
    for path, value in (("/proc/sys/net/netfilter/nf_conntrack_buckets", "64"),
                        ("/sys/kernel/debug/kmemleak", "scan=off")):
        if os.path.exists(path):
            with open(path, "w", encoding="ascii") as file:
                file.write(value)


def main():
    args = arguments()
    names = behaviours(args.names)
    if args.selection:
        names = [name for name in selection(args.selection) if name in names]
    if args.list:
        for name in names:
            print(f"{name:40} {' '.join(load(name).__doc__.split())}")
        return 0
    listed, counted = differences(), counters.table()
    unknown = sorted(({key[0] for key in listed} | set(counted)) - set(behaviours([]))) + unselected()
    whole = not args.names and not args.selection
    runs = [(name, version, stack) for name in names for stack in ("tcp", "xtcp") for version in (4, 6)
            if args.stack in (None, stack) and args.version in (None, version)]
    quiet_kernel()
    signal.signal(signal.SIGALRM, out_of_time)
    print(f"TAP version 13\n1..{len(runs) + whole}")
    failed = expected = 0
    for number, (name, version, stack) in enumerate(runs, 1):
        log = []
        signal.alarm(LIMIT_S)
        problem = run_one(name, version, stack, log, counted.get(name, ()))
        signal.alarm(0)
        reason = listed.get((name, stack, version))
        good = bool(problem) == bool(reason)
        note = f" (differs: {reason})" if problem and reason else ""
        print(f"{'ok' if good else 'not ok'} {number} - {name} ipv{version} {stack}{note}")
        failed += not good
        expected += bool(problem and reason)
        if not good or args.verbose:
            if reason and not problem:
                problem = f"passes, though Documentation/protocol.rst lists a difference: {reason}"
            for line in [problem or ""] + log:
                print("\n".join("#   " + part for part in line.splitlines()))
        sys.stdout.flush()
    if whole:
        print(f"{'not ok' if unknown else 'ok'} {len(runs) + 1} - differences and selections name what there is")
        for name in unknown:
            print(f"#   no behaviour, or none selected: {name}")
        failed += bool(unknown)
    print(f"# {len(names)} behaviours, {len(runs)} runs, {failed} failed, {expected} differ as listed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
