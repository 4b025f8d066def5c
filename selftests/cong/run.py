#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Runs cells of the congestion control bed, each in a throw-away guest in virtual time, and reports.

A cell is (scenario, algorithm, seed). Its figures depend on nothing else, so the same cell is the same to the bit. What
was run before with the same kernel, module, program and scenario is taken from build/cong/cache.

  run.py [--cc CC,...] [--scn S1,...] [--seeds 1,2,3] [--family xtcp] [--quick] [--sweep [N] [--sweep-seed SEED]]
         [--cross]

Exit status: 1 if xtcp misses a target.
"""
import argparse
import concurrent.futures
import configparser
import functools
import hashlib
import json
import os
import random
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(TOP, "build", "cong")
CELL = os.path.join(OUT, "cell")
MSS, FRAME = 1448, 1514
BUCKET_S = 0.1
CACHE_VERSION = "2"
GUESTS = 2
# all that the kernel's TCP sees of this module; AF_XTCP's senders depend on the whole of it
LAW = ("module/core/cong.c", "module/core/cong.h", "module/core/cong_compete.c", "module/core/cong_model.c",
       "module/core/platform.h", "module/cong/xtcp.c")


class Failed(Exception):
    """A cell that could not be run."""


def load_scenarios():
    conf = configparser.ConfigParser(inline_comment_prefixes=None, interpolation=None)
    with open(os.path.join(HERE, "scenarios.conf"), encoding="ascii") as file:
        conf.read_file(file)
    return {name: dict(conf[name]) for name in conf.sections()}


def parse_flows(scn, cc):
    """[(host, algorithm, start, stop, size, pause, is tested)]"""
    flows = []
    for line in scn["flows"].split("\n"):
        word = line.split()
        start = float(word[2])
        stop = float(word[3]) if len(word) > 3 else 1e6
        size = int(word[4]) if len(word) > 4 else 0
        pause = int(word[5]) if len(word) > 5 else 0
        flows.append((word[0], cc if word[1] == "CC" else word[1], start, stop, size, pause, word[1] == "CC"))
    return flows


def spec_text(scn, cc, family):
    lines = [f"time {scn['sec']} {scn['warm']}", f"link {scn['rate']} {scn['limit']}",
             f"rtt {scn['rtt']} {scn.get('rtt2', scn['rtt'])}", f"ecn {scn.get('ecn', 0)}"]
    lines += [f"{key} {scn[key]}" for key in ("aqm", "netem", "police") if scn.get(key)]
    lines += ["step " + step.replace(":", " ") for step in scn.get("steps", "").split()]
    # dctcp wants its own kind of receiver
    if cc == "dctcp":
        lines.append("rcc dctcp")
    for host, algo, start, stop, size, pause, tested in parse_flows(scn, cc):
        lines.append(f"flow {host} {family if tested else 'tcp'} {algo} {start} {stop} {size} {pause}")
    return "\n".join(lines) + "\n"


# --- Running


@functools.lru_cache(maxsize=None)
def file_hash(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@functools.lru_cache(maxsize=None)
def source_hash(family):
    files = [os.path.join(TOP, name) for name in LAW]
    if family == "xtcp":
        files = [os.path.join(root, name) for base in ("module", "include")
                 for root, _, names in os.walk(os.path.join(TOP, base)) for name in names if name.endswith((".c", ".h"))]
    return "".join(file_hash(name) for name in sorted(files))


def run_cell(name, scn, cc, seed, family, params, force=False, bed="uml-plain"):
    """The lines that the cell wrote."""
    spec = spec_text(scn, cc, family)
    ours = "xtcp" in (cc, family)
    key = [CACHE_VERSION, spec, str(seed), file_hash(CELL), file_hash(os.path.join(TOP, "scripts/uml/plain.config"))]
    if ours:
        key += [source_hash(family), params]
    if bed != "uml-plain":
        key.append(bed)
    cache = os.path.join(OUT, "cache", hashlib.sha256("\0".join(key).encode()).hexdigest()[:24])
    if force or not os.path.exists(cache):
        os.makedirs(os.path.dirname(cache), exist_ok=True)
        spec_file, out = (f"{cache}.{end}-{threading.get_ident()}" for end in ("spec", "tmp"))
        with open(spec_file, "w", encoding="ascii") as file:
            file.write(spec)
        command = [os.path.join(TOP, "scripts/vm"), "--kernel", *bed.split(), "--mem", "1024", "--timeout", "2400"]
        command += [] if ours else ["--no-module"]
        env = dict(os.environ, XTCP_SEED=str(seed), XTCP_MODPARAMS=params)
        done = subprocess.run(command + ["--", CELL, spec_file, out], env=env, cwd=TOP, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise Failed(f"{name} {cc} seed {seed}: exit {done.returncode}\n{done.stdout}")
        os.rename(out, cache)
        os.remove(spec_file)
    with open(cache, encoding="ascii") as file:
        lines = [line.split() for line in file]
    if not lines or lines[-1] != ["end"]:
        raise Failed(f"{name} {cc} seed {seed}: the cell did not finish")
    return lines


def prepare_guest(kernel="uml-plain"):
    """Builds the kernel and the module, once and for all guests."""
    done = subprocess.run([os.path.join(TOP, "scripts/vm"), "--kernel", kernel, "--prepare"], cwd=TOP, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.exit(f"the bed cannot be built\n{done.stdout}")


# --- Measuring


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))] if values else float("nan")


def mean(values):
    return sum(values) / len(values) if values else float("nan")


def jain(values):
    return sum(values) ** 2 / (len(values) * sum(v * v for v in values)) if any(values) else 0.0


def capacity_bits(scn, begin, end):
    """Bits of payload that the link, or the policer, can carry from begin to end."""
    rate = float(scn.get("police", scn["rate"]).split()[0])
    total, at = 0.0, begin
    for step in scn.get("steps", "").split():
        when, kbit = step.split(":")
        when = min(max(float(when), begin), end)
        total += (when - at) * rate
        at, rate = when, float(kbit)
    total += (end - at) * rate
    return total * 1000 * MSS / FRAME


def converged(scn, flows, series):
    """Seconds after the last start until a window of two seconds has Jain >= .95; -1 if never."""
    last, at = max(f[2] for f in flows), max(f[2] for f in flows)
    while at + 2 <= float(scn["sec"]):
        window = range(round(at / BUCKET_S), round((at + 2) / BUCKET_S))
        if jain([sum(s.get(b, 0) for b in window) for s in series]) >= .95:
            return at - last
        at += .1
    return -1.0


def measure(scn, cc, lines):
    flows = parse_flows(scn, cc)
    warm, end = float(scn["warm"]), float(scn["sec"])
    series = [{} for _ in flows]
    queue, fct, info = [], [], {}
    for word in lines:
        if word[0] == "b":
            series[int(word[1])][int(word[2])] = int(word[3])
        elif word[0] == "q" and int(word[1]) >= warm * 1e6:
            queue.append(max(0, int(word[2]) / 1000 - float(scn.get("probe_ms", 0))))
        elif word[0] == "fct":
            fct.append(int(word[3]) / 1000)
        elif word[0] == "flow":
            info[int(word[1])] = [float(v) for v in word[2:]]
    first = round(warm / BUCKET_S)
    bits = [8 * sum(v for b, v in s.items() if b >= first) for s in series]
    cap = capacity_bits(scn, warm, end)
    ours = [i for i, f in enumerate(flows) if f[6] and not f[4]]
    others = [i for i, f in enumerate(flows) if not f[6]]
    base = [float(scn["rtt"]), float(scn.get("rtt2", scn["rtt"]))]

    def retransmits(which):
        segs = sum(info[i][1] for i in which)
        return 100 * sum(info[i][0] for i in which) / segs if segs else 0.0

    result = {"util": 100 * sum(bits) / cap, "qmean": mean(queue), "qp95": percentile(queue, .95),
              "retr": retransmits(ours or range(len(flows)))}
    if ours:
        result["bulk"] = 100 * sum(bits[i] for i in ours) / cap
        # a flow's own smoothed RTT beyond the path's
        result["srtt"] = mean([info[i][2] / 1000 - base[flows[i][0] == "s2"] for i in ours])
    if len(ours) > 1:
        result["jain"] = jain([bits[i] for i in ours])
        result["converge"] = converged(scn, [flows[i] for i in ours], [series[i] for i in ours])
    if others:
        result["share"] = 100 * sum(bits[i] for i in ours) / sum(bits)
        result["others_share"] = 100 - result["share"]
        result["others_retr_pct"] = retransmits(others)
    if fct:
        result["fct50"], result["fct99"] = percentile(fct, .5), percentile(fct, .99)
    return result


def run_scenario(name, scn, cc, seed, args):
    lines = run_cell(name, scn, cc, seed, args.family if cc == "xtcp" else "tcp", args.params, args.force)
    result = measure(scn, cc, lines)
    if "others_retr" in scn["show"] or "others_retr" in scn.get("targets", ""):
        beside = measure(scn, "cubic", run_cell(name, scn, "cubic", seed, "tcp", ""))
        result["others_retr"] = result["others_retr_pct"] / max(beside["others_retr_pct"], 1e-6)
    return result, lines


# --- Reporting


def check_targets(scn, result):
    """[(text, met)]"""
    verdicts = []
    for target in filter(None, (t.strip() for t in scn.get("targets", "").split(","))):
        metric, sign, bound = target.split()
        value = result[metric]
        met = value >= float(bound) if sign == ">=" else 0 <= value <= float(bound)
        verdicts.append((target, met))
    return verdicts


def show_value(metric, value):
    if metric in ("jain",):
        return f"{value:.3f}"
    if metric in ("retr",):
        return f"{value:.3g}"
    return f"{value:.1f}"


def row(scn, result):
    return "  ".join(f"{m} {show_value(m, result[m])}" for m in scn["show"].split())


def series_points(lines, keep=240):
    """For plots: {'rate': {flow: [(s, Mbit/s)]}, 'queue': [(s, ms)], 'cwnd': {flow: [(s, packets)]}}"""
    rate, cwnd, queue = {}, {}, []
    for word in lines:
        if word[0] == "b":
            rate.setdefault(word[1], []).append((int(word[2]) * BUCKET_S, int(word[3]) * 8 / BUCKET_S / 1e6))
        elif word[0] == "s":
            cwnd.setdefault(word[1], []).append((int(word[2]) / 1e6, int(word[3])))
        elif word[0] == "q":
            queue.append((int(word[1]) / 1e6, int(word[2]) / 1000))

    def thin(points):
        step = max(1, len(points) // keep)
        return [(round(sum(p[0] for p in points[i:i + step]) / len(points[i:i + step]), 2),
                 round(sum(p[1] for p in points[i:i + step]) / len(points[i:i + step]), 2))
                for i in range(0, len(points), step)]
    return {"rate": {f: thin(p) for f, p in rate.items()}, "cwnd": {f: thin(p) for f, p in cwnd.items()},
            "queue": {"probe": thin(queue)}}


COLOURS = ("#1f6fb4", "#d1495b", "#3a7d44", "#e08e0b", "#6f4e7c", "#555555")


def svg(title, lines_by_name, width=380, height=120):
    points = [p for line in lines_by_name.values() for p in line]
    if not points:
        return ""
    xmax = max(p[0] for p in points) or 1
    ymax = max(p[1] for p in points) or 1
    body = [f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
            f'<rect x="40" y="14" width="{width - 44}" height="{height - 30}" fill="none" stroke="#bbb"/>'
            f'<text x="40" y="10">{title}</text><text x="36" y="22" text-anchor="end">{ymax:.4g}</text>'
            f'<text x="36" y="{height - 16}" text-anchor="end">0</text>'
            f'<text x="{width - 4}" y="{height - 4}" text-anchor="end">{xmax:.0f} s</text>']
    for number, line in enumerate(lines_by_name.values()):
        path = " ".join(f"{40 + p[0] / xmax * (width - 44):.0f},{height - 16 - p[1] / ymax * (height - 30):.0f}"
                        for p in line)
        body.append(f'<polyline points="{path}" fill="none" stroke="{COLOURS[number % len(COLOURS)]}"/>')
    return "".join(body) + "</svg>"


def plot_files(results, scenarios):
    """build/cong/NAME.svg: the algorithms' queues over time in one plot, and the rates of their first flows."""
    for name in {name for name, _ in results}:
        cells = {cc: cell["plots"] for (of, cc), cell in results.items() if of == name}
        legend = "".join(f'<text x="{40 + 70 * n}" y="308" fill="{COLOURS[n % len(COLOURS)]}">{cc}</text>'
                         for n, cc in enumerate(cells))
        parts = [svg(f"{name}: {scenarios[name]['title']}; rate, Mbit/s",
                     {cc: plots["rate"].get("0", []) for cc, plots in cells.items()}, 640, 140),
                 svg("queue, ms", {cc: plots["queue"]["probe"] for cc, plots in cells.items()}, 640, 140)]
        body = "".join(f'<g transform="translate(0,{150 * n})">{part}</g>' for n, part in enumerate(parts))
        with open(os.path.join(OUT, f"{name}.svg"), "w", encoding="ascii") as file:
            file.write('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="314"><style>text{font:10px sans-serif}'
                       f'</style><rect width="640" height="314" fill="#fff"/>{body}{legend}</svg>\n')


def html(results, scenarios, path):
    page = ['<!DOCTYPE html><meta charset="utf-8"><title>Congestion control bed</title><style>',
            "body{font:14px sans-serif;margin:2em}td,th{padding:2px 8px;text-align:left;border-bottom:1px solid #ddd}",
            "text{font-size:10px;fill:#444}.miss{color:#b00}.met{color:#070}</style><h1>Congestion control bed</h1>",
            "<table><tr><th>scenario<th>algorithm<th>figures<th>targets"]
    for (name, cc), cell in results.items():
        verdicts = " ".join(f'<span class="{"met" if met else "miss"}">{text.replace("<", "&lt;")}</span>'
                            for text, met in cell["verdicts"])
        page.append(f"<tr><td>{name}: {scenarios[name]['title']}<td>{cc}<td>{row(scenarios[name], cell['median'])}"
                    f"<td>{verdicts}")
    page.append("</table>")
    for (name, cc), cell in results.items():
        plots = cell["plots"]
        page.append(f"<h3>{name}, {cc}: {scenarios[name]['title']}</h3>"
                    + svg("rate, Mbit/s", plots["rate"]) + svg("queue, ms", plots["queue"])
                    + svg("cwnd, packets", plots["cwnd"]))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(page) + "\n")


def median_of(results):
    return {key: percentile([r[key] for r in results], .5) for key in results[0]}


def run_cells(name, scn, cc, args, pool):
    """The futures of a scenario's cells, one for each seed."""
    seeds = args.seeds if scn.get("stochastic") else args.seeds[:1]
    return {seed: pool.submit(run_scenario, name, scn, cc, seed, args) for seed in seeds}


def run_table(args, scenarios):
    names = [n for n in (args.scn or scenarios) if n in scenarios]
    unknown = set(args.scn or ()) - set(scenarios)
    if unknown:
        sys.exit(f"unknown scenario {', '.join(sorted(unknown))}; there are {', '.join(scenarios)}")
    results, missed, failed = {}, 0, 0
    prepare_guest()
    with concurrent.futures.ThreadPoolExecutor(GUESTS) as pool:
        jobs = {(name, cc): run_cells(name, scenarios[name], cc, args, pool) for name in names for cc in args.cc}
        for number, ((name, cc), seeds) in enumerate(jobs.items()):
            if sys.stderr.isatty():
                print(f"\r{number} of {len(jobs)}: {name} {cc} ...\033[K", end="", file=sys.stderr, flush=True)
            scn, cells, lines = scenarios[name], [], None
            try:
                for job in seeds.values():
                    result, lines = job.result()
                    cells.append(result)
            except Failed as problem:
                print(f"{name:5s} {cc:8s} FAILED {problem}", flush=True)
                failed += 1
                continue
            if sys.stderr.isatty():
                print("\r\033[K", end="", file=sys.stderr)
            median = median_of(cells)
            verdicts = check_targets(scn, median) if cc == "xtcp" else []
            bad = [text for text, met in verdicts if not met]
            missed += len(bad)
            mark = "" if cc != "xtcp" else "  MISSED " + "; ".join(bad) if bad else "  ok"
            if args.verbose:
                for cell in cells:
                    print(f"      {row(scn, cell)}")
            print(f"{name:5s} {cc:8s} {row(scn, median)}{mark}", flush=True)
            results[name, cc] = {"seeds": dict(zip(map(str, seeds), cells)), "median": median, "verdicts": verdicts,
                                 "plots": series_points(lines)}
    return results, missed, failed


def run_quick(args, scenarios):
    """TAP: a test for each target of the scenarios that have "quick"."""
    names = [name for name in scenarios if scenarios[name].get("quick")]
    tests = [(name, target.strip()) for name in names for target in scenarios[name]["quick"].split(",")]
    print(f"TAP version 13\n1..{len(tests)}", flush=True)
    number = bad = 0
    prepare_guest()
    with concurrent.futures.ThreadPoolExecutor(GUESTS) as pool:
        jobs = {name: pool.submit(run_scenario, name, scenarios[name], "xtcp", args.seeds[0], args) for name in names}
        for name, job in jobs.items():
            try:
                result, _ = job.result()
                verdicts = check_targets(dict(scenarios[name], targets=scenarios[name]["quick"]), result)
                print(f"# {name}: {row(scenarios[name], result)}")
            except Failed as problem:
                verdicts = [(target, False) for of, target in tests if of == name]
                print("# " + str(problem).replace("\n", "\n# "))
            for text, met in verdicts:
                number += 1
                bad += not met
                print(f"{'ok' if met else 'not ok'} {number} - {name} {text}", flush=True)
    return 1 if bad else 0


# --- Sweep


def sweep_cell(rng):
    """A random network and load: anything from a bad ADSL line to a data centre, one to sixteen flows."""
    def log_between(low, high):
        return low * (high / low) ** rng.random()

    rate, rtt = round(log_between(1000, 1000000)), round(log_between(1, 300), 1)
    bdp = rate * rtt / 8
    nr = rng.choice((1, 1, 2, 3, 4, 8, 16))
    aqm = rng.choice(("", "", "", "fq_codel", "codel", "pie"))
    loss = rng.choice((0, 0, 0, 0.01, 0.1, 0.5, 1, 3))
    # long enough for what is slow, short enough for what is fast
    warm = max(3, round(25 * rtt / 1000))
    sec = warm + round(min(30, max(3, 40 * rtt / 1000, 1e6 / rate)))
    scn = {"title": f"{rate / 1000:.1f} Mbit/s, {rtt:g} ms, {nr} flows", "rate": str(rate), "rtt": str(rtt),
           "limit": str(max(4542, round(bdp * log_between(.1, 20)))), "sec": str(sec), "warm": str(warm),
           "flows": "\n".join(f"s1 CC {i * .1:.1f}" for i in range(nr)), "show": "util qp95 retr"}
    scn["title"] += f", {int(scn['limit']) / bdp:.2g} BDP, {aqm or 'fifo'}, loss {loss:g} %"
    if aqm:
        scn["aqm"] = f"{aqm} limit {max(10, int(scn['limit']) // FRAME)}"
    if loss:
        scn["netem"] = f"loss {loss}%"
    if nr > 1:
        scn["show"] += " jain"
    return scn


CRITERIA = {"util": "at most 10 % below the better of cubic and bbr",
            "queue": "p95 at most 1.2 times cubic's, or two packets a flow or a twentieth of the RTT above it",
            "jain": ">= .8 among equals", "retr": "<= 3 %, unless cubic's is as much"}


def sweep_faults(scn, ours, cubic, bbr):
    """What the law must never do: {criterion: what it did}."""
    packet_ms = FRAME * 8 / float(scn["rate"])
    faults = {}
    if ours["util"] < .9 * max(cubic["util"], bbr["util"]):
        faults["util"] = f"util {ours['util']:.1f} against {cubic['util']:.1f}, {bbr['util']:.1f}"
    # who leaves the link idle has no queue; and two packets of each flow, or a twentieth of the RTT, are none either
    full = [cell for cell in (cubic, bbr) if cell["util"] > .9 * ours["util"]]
    slack = max(2 * packet_ms * len(parse_flows(scn, "")), float(scn["rtt"]) / 20)
    if full and ours["qp95"] > max(1.2 * full[0]["qp95"], full[0]["qp95"] + slack):
        faults["queue"] = f"p95 {ours['qp95']:.1f} against {full[0]['qp95']:.1f}"
    if ours.get("jain", 1) < .8:
        faults["jain"] = f"jain {ours['jain']:.2f} against {cubic['jain']:.2f}, {bbr['jain']:.2f}"
    if ours["retr"] > 3 and ours["retr"] > 1.1 * cubic["retr"]:
        faults["retr"] = f"retr {ours['retr']:.1f} against {cubic['retr']:.1f}, {bbr['retr']:.1f}"
    return faults


def sweep_run(scn, args):
    return [measure(scn, cc, run_cell("sweep", scn, cc, 1, args.family if cc == "xtcp" else "tcp",
                                      args.params if cc == "xtcp" else "")) for cc in ("xtcp", "cubic", "bbr")]


def run_sweep(args):
    rng = random.Random(args.sweep_seed)
    scenarios = [sweep_cell(rng) for _ in range(args.sweep)]
    counts, rows, bad, failed = dict.fromkeys(CRITERIA, 0), [], 0, 0
    prepare_guest()
    with concurrent.futures.ThreadPoolExecutor(GUESTS) as pool:
        jobs = [pool.submit(sweep_run, scn, args) for scn in scenarios]
        for number, (scn, job) in enumerate(zip(scenarios, jobs)):
            try:
                cells = job.result()
            except Failed as problem:
                print(f"{number:3d} {scn['title']}: FAILED {problem}", flush=True)
                failed += 1
                continue
            faults = sweep_faults(scn, *cells)
            bad += bool(faults)
            for criterion in faults:
                counts[criterion] += 1
            print(f"{number:3d} {scn['title']}: {row(scn, cells[0])}  "
                  f"{'BAD ' + '; '.join(faults.values()) if faults else 'ok'}", flush=True)
            rows.append({"cell": number, "network": scn, "faults": faults, **dict(zip(("xtcp", "cubic", "bbr"), cells))})
    with open(os.path.join(OUT, f"sweep-{args.sweep_seed}.json"), "w", encoding="ascii") as file:
        json.dump(rows, file, indent=1)
    for criterion, text in CRITERIA.items():
        print(f"{criterion:6s} {len(rows) - counts[criterion]} of {len(rows)} pass: {text}")
    print(f"sweep {args.sweep_seed}: {len(rows) - bad} of {len(scenarios)} cells pass all, {failed} failed; "
          f"build/cong/sweep-{args.sweep_seed}.json")
    return 1 if bad or failed else 0


# --- The stock kernel

CROSS = {"S1": ("14", "4", "util"), "S4": ("12", "5", "util"), "S7a": ("25", "10", "util")}


def run_cross(args, scenarios):
    """The same cells, shortened, on Debian's kernel in an emulated machine whose clock counts instructions."""
    bad = 0
    for kernel in ("uml-plain", "debian"):
        prepare_guest(kernel)
    for name in args.scn or CROSS:
        sec, warm, metric = CROSS[name]
        scn = dict(scenarios[name], sec=sec, warm=warm)
        try:
            here, there = (measure(scn, "xtcp", run_cell(name, scn, "xtcp", 1, "tcp", args.params, args.force, bed))
                           for bed in ("uml-plain", "debian --icount"))
        except Failed as problem:
            print(f"{name:5s} FAILED {problem}", flush=True)
            bad += 1
            continue
        apart = 100 * abs(there[metric] / here[metric] - 1)
        bad += apart > 3
        print(f"{name:5s} {sec} s: virtual time {row(scn, dict(here, others_retr=0))}; stock kernel "
              f"{row(scn, dict(there, others_retr=0))}; {metric} {apart:.1f} % apart  {'BAD' if apart > 3 else 'ok'}",
              flush=True)
    return 1 if bad else 0


def number_list(text):
    if "-" in text:
        low, high = text.split("-")
        return list(range(int(low), int(high) + 1))
    return [int(s) for s in text.split(",")]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--cc", type=lambda s: s.split(","), default=["xtcp"], help="algorithms, by comma")
    parser.add_argument("--scn", type=lambda s: s.split(","), help="scenarios, by comma (all)")
    parser.add_argument("--seeds", type=number_list, default=[1, 2, 3], help="1,2,3 or 1-3")
    parser.add_argument("--family", choices=("tcp", "xtcp"), default="tcp", help="whose TCP sends what is tested")
    parser.add_argument("--params", default="", help="module parameters")
    parser.add_argument("--sweep", type=int, metavar="N", nargs="?", const=60,
                        help="N (60) random networks, beside cubic and bbr")
    parser.add_argument("--sweep-seed", type=int, default=1, help="which ones (1)")
    parser.add_argument("--cross", action="store_true", help="S1, S4, S7a on Debian's kernel, too; half an hour")
    parser.add_argument("--quick", action="store_true", help="the scenarios for make check, one seed, as TAP")
    parser.add_argument("--verbose", action="store_true", help="each seed's figures too")
    parser.add_argument("--force", action="store_true", help="run even what was run before")
    args = parser.parse_args()
    scenarios = load_scenarios()
    os.makedirs(OUT, exist_ok=True)
    if args.sweep:
        return run_sweep(args)
    if args.cross:
        return run_cross(args, scenarios)
    if args.quick:
        return run_quick(args, scenarios)
    results, missed, failed = run_table(args, scenarios)
    with open(os.path.join(OUT, "results.json"), "w", encoding="ascii") as file:
        json.dump({f"{n} {c}": {k: v for k, v in cell.items() if k != "plots"}
                   for (n, c), cell in results.items()}, file, indent=1)
    html(results, scenarios, os.path.join(OUT, "report.html"))
    plot_files(results, scenarios)
    print(f"{len(results)} cells, {missed} targets missed, {failed} failed; build/cong/results.json, report.html")
    return 1 if missed or failed else 0


if __name__ == "__main__":
    sys.exit(main())
