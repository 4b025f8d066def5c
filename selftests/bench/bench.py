#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The performance table: each row measured in a guest, XTCP beside the kernel's TCP, and judged against its target.

    selftests/bench/bench.py [--rounds N] [--compare A B] [--list] [ROW...]
    selftests/bench/bench.py --profile ROW [--lines N]

ROW is a name of the table, or a part of one: bulk1, idle. Without one: all. --compare takes two commits (or "work" for
the tree as it is): this bench runs with the module of each, and the figures stand side by side. --profile says per
function where the instructions of a row go, for both stacks (insns.c, a plugin of QEMU).

Figures come from scripts/vm --icount: guest time counts instructions, so they repeat. They are kept in build/bench: a
JSON file for each run, and report.html with the last run and the history of each row.
"""

import argparse
import bisect
import glob
import html
import json
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RESULTS = os.path.join(TOP, "build", "bench")

HIGHER, LOWER, REPORT = "higher", "lower", "report"


class Row:
    """One line of the table: the metric of a scenario, what is better, and the ratio XTCP / TCP that is demanded."""

    def __init__(self, name, scenario, metric, better, target, unit, a="xtcp", b="tcp", mem=2048):
        self.name, self.scenario, self.metric, self.better, self.target = name, scenario, metric, better, target
        self.unit, self.a, self.b, self.mem = unit, a, b, mem


def rows():
    table = []
    for bulk in ("bulk1", "bulk8", "bulk64", "loopback", "sendfile", "splice", "zerocopy"):
        table.append(Row(bulk, bulk, "mbps", HIGHER, 1.0, "MB/s"))
        table.append(Row(bulk + "-cpu", bulk, "ns_per_kib", LOWER, 1.0, "ns/KiB"))
    for rr in ("rr1", "rr100"):
        table.append(Row(rr, rr, "per_second", HIGHER, 1.0, "/s"))
        table.append(Row(rr + "-p99", rr, "p99_us", LOWER, 1.0, "us"))
        table.append(Row(rr + "-cpu", rr, "ns_each", LOWER, 1.0, "ns"))
    table += [
        Row("crr", "crr", "per_second", HIGHER, 1.2, "/s"),
        Row("crr-cpu", "crr", "ns_each", LOWER, 1.0, "ns"),
        Row("storm", "storm", "ms", LOWER, 1.0, "ms"),
        Row("idle", "idle", "both_bytes", LOWER, 1.05, "B"),
        Row("idle-client", "idle", "client_bytes", LOWER, 1.05, "B"),
        Row("idle-server", "idle", "server_bytes", LOWER, 1.05, "B"),
        Row("timewait", "timewait", "bytes", LOWER, 0.5, "B"),
        Row("timewait-server", "timewait-server", "bytes", LOWER, 0.5, "B"),
        Row("flood", "flood", "honest_percent", HIGHER, 1.0, "%"),
        Row("flood-latency", "flood", "honest_us", LOWER, 1.0, "us"),
    ]
    for kernel in ("kernel-bulk", "kernel-rr", "kernel-crr"):
        metric = "mbps" if kernel == "kernel-bulk" else "per_second"
        unit = "MB/s" if kernel == "kernel-bulk" else "/s"
        table.append(Row(kernel + "-unused", kernel, metric, HIGHER, 0.99, unit, "unused", "not-loaded"))
        table.append(Row(kernel + "-used", kernel, metric, HIGHER, 0.97, unit, "used", "not-loaded"))
    for n in (1000, 2000, 5000, 10000, 20000, 50000):
        table.append(Row(f"scale-open-{n}", "scale", f"open_ns_at_{n}", REPORT, None, "ns", mem=4096))
        table.append(Row(f"scale-rr-{n}", "scale", f"rr_ns_at_{n}", REPORT, None, "ns", mem=4096))
    table += [
        Row("module-text", "module", "text_kib", REPORT, None, "KiB", "xtcp", None),
        Row("module-load", "module", "load_ms", REPORT, None, "ms", "xtcp", None),
    ]
    return table


def commit_name():
    def git(*args):
        return subprocess.run(("git", "-C", TOP) + args, capture_output=True, text=True, check=False).stdout.strip()
    return git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain", "--", "module") else "")


# --- measuring

def measure(scenarios, rounds, module=None):
    """Runs the scenarios in one guest; {scenario: {metric: {stack: [values]}}}."""
    samples = {}
    mem = max(s[1] for s in scenarios)
    command = [os.path.join(TOP, "scripts/vm"), "--kernel", "debian", "--icount", "--mem", str(mem), "--timeout", "7200"]
    if module:
        command += ["--module", module]
    command += ["--", "selftests/bench/rows.sh", str(rounds)] + [s[0] for s in scenarios]
    begin, seen = time.time(), 0
    with subprocess.Popen(command, cwd=TOP, stdout=subprocess.PIPE, text=True) as guest:
        for line in guest.stdout:
            word = line.split()
            if len(word) != 5 or word[0] != "sample":
                continue
            seen += 1
            samples.setdefault(word[1], {}).setdefault(word[2], {}).setdefault(word[3], []).append(float(word[4]))
            print(f"\r{time.time() - begin:5.0f} s  {seen} figures  {word[1]} {word[3]} {word[2]}\033[K", end="",
                  file=sys.stderr, flush=True)
    print("\r\033[K", end="", file=sys.stderr)
    if guest.returncode:
        sys.exit(f"bench: the guest failed ({guest.returncode})")
    return samples


def worktree(commit):
    """The folder of a commit's tree; "work" is this one."""
    if commit == "work":
        return TOP
    folder = os.path.join(TOP, "build", "bench", "trees", commit.replace("/", "_"))
    if not os.path.isdir(folder):
        os.makedirs(folder)
        archive = subprocess.Popen(["git", "-C", TOP, "archive", commit], stdout=subprocess.PIPE)
        subprocess.run(["tar", "-x", "-C", folder], stdin=archive.stdout, check=True)
        if archive.wait():
            sys.exit(f"bench: no commit {commit}")
    return folder


# --- judging

def median(samples, row, stack):
    values = samples.get(row.scenario, {}).get(row.metric, {}).get(stack, [])
    return statistics.median(values) if values else None


def judge(row, ratio):
    if row.better == REPORT:
        return "-"
    return "pass" if (ratio >= row.target - 1e-9 if row.better == HIGHER else ratio <= row.target + 1e-9) else "FAIL"


def figures(samples, chosen):
    found = []
    for row in chosen:
        a, b = median(samples, row, row.a), median(samples, row, row.b) if row.b else None
        if a is None:
            continue
        ratio = a / b if b else None
        found.append({"row": row.name, "a": a, "b": b, "unit": row.unit, "ratio": ratio, "target": row.target,
                      "better": row.better, "verdict": judge(row, ratio) if ratio is not None else "-"})
    return found


def show(found):
    print(f"{'row':20} {'XTCP':>12} {'kernel TCP':>12} {'unit':7} {'ratio':>6}  target")
    for f in found:
        b = f"{f['b']:12.6g}" if f["b"] is not None else " " * 12
        ratio = f"{f['ratio']:6.3f}" if f["ratio"] is not None else " " * 6
        target = f"{'>=' if f['better'] == HIGHER else '<='} {f['target']:.2f}" if f["target"] else ""
        print(f"{f['row']:20} {f['a']:12.6g} {b} {f['unit']:7} {ratio}  {target:8} {f['verdict']}")
    judged = [f for f in found if f["verdict"] != "-"]
    print(f"{sum(f['verdict'] == 'pass' for f in judged)} of {len(judged)} targets met")


def show_compared(name_a, found_a, name_b, found_b):
    print(f"{'row':20} {name_a:>12} {name_b:>12} {'unit':7} {'change':>7}   ratio to TCP")
    before = {f["row"]: f for f in found_a}
    for f in found_b:
        old = before.get(f["row"])
        if not old:
            continue
        change = f["a"] / old["a"] - 1 if old["a"] else 0
        ratios = f"{old['ratio']:.3f} -> {f['ratio']:.3f}" if f["ratio"] is not None and old["ratio"] is not None else ""
        print(f"{f['row']:20} {old['a']:12.6g} {f['a']:12.6g} {f['unit']:7} {change:+7.1%}   {ratios}")


# --- keeping

def keep(samples, found, rounds):
    os.makedirs(RESULTS, exist_ok=True)
    run = {"commit": commit_name(), "time": int(time.time()), "rounds": rounds, "figures": found, "samples": samples}
    path = os.path.join(RESULTS, time.strftime("%Y%m%d-%H%M%S", time.gmtime(run["time"])) + f"-{run['commit']}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(run, file, indent=1)
    report()
    print(f"{path}\n{os.path.join(RESULTS, 'report.html')}")


def history():
    runs = []
    for path in sorted(glob.glob(os.path.join(RESULTS, "*.json"))):
        with open(path, encoding="utf-8") as file:
            runs.append(json.load(file))
    return runs


def spark(points, target):
    """A row's ratios over time, and its target, as a small picture."""
    low, high = min(points + [target or 1]) - 0.02, max(points + [target or 1]) + 0.02

    def y(value):
        return 38 - 36 * (value - low) / (high - low)

    step = 150 / max(len(points) - 1, 1)
    line = " ".join(f"{5 + i * step:.1f},{y(p):.1f}" for i, p in enumerate(points))
    rule = f'<path d="M0 {y(target):.1f}H160" stroke="#c66" stroke-dasharray="3"/>' if target else ""
    return (f'<svg width="160" height="40">{rule}<polyline points="{line}" fill="none" stroke="#246"/>'
            f'<circle cx="{5 + (len(points) - 1) * step:.1f}" cy="{y(points[-1]):.1f}" r="2.5" fill="#246"/></svg>')


def curve(runs, metric):
    """Cost by number of connections, both stacks, of the last run that has it."""
    numbers = (1000, 2000, 5000, 10000, 20000, 50000)
    for run in reversed(runs):
        found = {f["row"]: f for f in run["figures"]}
        points = [(i, found[f"scale-{metric}-{n}"]) for i, n in enumerate(numbers) if f"scale-{metric}-{n}" in found]
        if len(points) < 2:
            continue
        most = max(max(f["a"], f["b"]) for _, f in points)
        lines = ""
        for key, colour in (("a", "#246"), ("b", "#c66")):
            at = " ".join(f"{40 + i * 60},{110 - 100 * f[key] / most:.1f}" for i, f in points)
            lines += f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="2"/>'
        lines += "".join(f'<text x="{40 + i * 60}" y="125" font-size="10">{numbers[i]}</text>' for i, _ in points)
        return (f'<h2>{metric}: instructions by number of connections (XTCP blue, kernel red; top: {most:.0f})</h2>'
                f'<svg width="420" height="130">{lines}</svg>')
    return ""


def report():
    runs = history()
    latest, past = {}, {}
    for run in runs:
        for f in run["figures"]:
            latest[f["row"]] = f
            if f["ratio"] is not None:
                past.setdefault(f["row"], []).append(f["ratio"])
    body = ""
    for row in rows():
        f = latest.get(row.name)
        if not f:
            continue
        cells = [f["row"], f"{f['a']:.6g}", f"{f['b']:.6g}" if f["b"] is not None else "", f["unit"],
                 f"{f['ratio']:.3f}" if f["ratio"] is not None else "", str(f["target"] or ""), f["verdict"]]
        body += f'<tr class="{f["verdict"]}">' + "".join(f"<td>{html.escape(c)}</td>" for c in cells)
        body += f"<td>{spark(past[row.name], f['target']) if row.name in past else ''}</td></tr>\n"
    with open(os.path.join(RESULTS, "report.html"), "w", encoding="utf-8") as file:
        file.write("<!doctype html><meta charset=utf-8><title>XTCP bench</title><style>body{font-family:sans-serif}"
                   "td{padding:2px 8px;text-align:right}.FAIL{background:#fdd}.pass{background:#dfd}</style>"
                   "<h1>XTCP beside the kernel's TCP</h1><table><tr><th>row<th>XTCP<th>kernel TCP<th>unit<th>ratio"
                   f"<th>target<th>verdict<th>ratio over time</tr>\n{body}</table>{curve(runs, 'open')}"
                   f"{curve(runs, 'rr')}\n")


# --- profiles

def symbols(path):
    """(address, name) of the guest's kernel and modules, in order."""
    table = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            word = line.split()
            if word[1] in "tTwW":
                table.append((int(word[0], 16), word[2] + (f" {word[3]}" if len(word) > 3 else "")))
    return sorted(table)


def by_function(path, table):
    """{function: [instructions, calls]}; user space is one function."""
    starts = [address for address, _ in table]
    sums = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            address, insns, times = line.split()
            address = int(address, 16)
            name, entry = "(user space)", False
            if address >> 63:
                at = bisect.bisect_right(starts, address) - 1
                name, entry = (table[at][1], address == table[at][0]) if at >= 0 else ("(unknown)", False)
            total = sums.setdefault(name, [0, 0])
            total[0] += int(insns)
            total[1] += int(times) if entry else 0
    return sums


def profile(scenario, lines):
    os.makedirs(RESULTS, exist_ok=True)
    plugin, out = os.path.join(RESULTS, "insns.so"), os.path.join(RESULTS, "insns-" + scenario.split(":")[0])
    subprocess.run(["gcc", "-O2", "-Wall", "-Wextra", "-shared", "-fPIC", "-o", plugin,
                    os.path.join(TOP, "selftests/bench/insns.c")], check=True)
    guest = subprocess.run([os.path.join(TOP, "scripts/vm"), "--kernel", "debian", "--icount", "--timeout", "3600", "--",
                            "selftests/bench/rows.sh", "--profile", scenario], cwd=TOP, check=True, text=True,
                           stdout=subprocess.PIPE, env=dict(os.environ, XTCP_VM_PLUGIN=f"{plugin},out={out}")).stdout
    units = {word[3]: float(word[4]) for word in map(str.split, guest.splitlines()) if word[2] == "units"}
    table, sums = symbols(out + ".kallsyms"), {}
    # the second round: the first pays for memory that both use then
    for number, stack in ((2, "tcp"), (3, "xtcp")):
        sums[stack] = {name: [count / units[stack] for count in counts]
                       for name, counts in by_function(f"{out}.{number}", table).items()}
    none = [0, 0]
    names = sorted(set(sums["tcp"]) | set(sums["xtcp"]),
                   key=lambda name: -max(sums[stack].get(name, none)[0] for stack in sums))
    print(f"{scenario}: instructions (and calls) per function, for one transaction or MiB\n"
          f"{'kernel TCP':>20} {'XTCP':>20} {'more':>8}")
    total = [sum(counts[0] for counts in sums[stack].values()) for stack in ("tcp", "xtcp")]
    print(f"{total[0]:11.0f} {'':8} {total[1]:11.0f} {'':8} {total[1] - total[0]:+8.0f} all")
    for name in names[:lines]:
        tcp, xtcp = sums["tcp"].get(name, none), sums["xtcp"].get(name, none)
        print(f"{tcp[0]:11.1f} {tcp[1]:8.2f} {xtcp[0]:11.1f} {xtcp[1]:8.2f} {xtcp[0] - tcp[0]:+8.1f} {name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--compare", nargs=2, metavar="COMMIT")
    parser.add_argument("--profile", metavar="ROW")
    parser.add_argument("--lines", type=int, default=80, help="of a profile")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("rows", nargs="*", metavar="ROW")
    args = parser.parse_args()
    if args.profile:
        return profile(args.profile, args.lines)
    sizes = {name.split(":")[0]: name for name in args.rows if ":" in name}
    wanted = [name.split(":")[0] for name in args.rows]
    chosen = [row for row in rows() if not wanted or any(name in (row.name, row.scenario) for name in wanted)]
    chosen = chosen or [row for row in rows() if any(name in row.name for name in wanted)]
    if args.list or not chosen:
        print("\n".join(row.name for row in rows()))
        return not args.list
    scenarios = list({row.scenario: (sizes.get(row.scenario, row.scenario), row.mem) for row in chosen}.values())
    if args.compare:
        both = [figures(measure(scenarios, args.rounds, worktree(commit)), chosen) for commit in args.compare]
        show_compared(args.compare[0], both[0], args.compare[1], both[1])
        return 0
    samples = measure(scenarios, args.rounds)
    found = figures(samples, chosen)
    show(found)
    keep(samples, found, args.rounds)
    return any(f["verdict"] == "FAIL" for f in found)


if __name__ == "__main__":
    sys.exit(main())
