#!/usr/bin/env python3
"""Measures Dunlin beside Loro and Yrs on this machine, and draws one table.

The peers' scripts (harness.py, peer_loro.py, peer_yrs.py) and the table of an earlier measurement of more peers
(peers.md) lie in a folder outside the repository. The earlier times are scaled by Loro's time now over Loro's time
then, row by row, since the machine may be another; sizes stay as they are.

All are measured by turns, several times, and the median of the rounds is shown: what else happens on a machine (its
cores may be shared) makes it slower by half for seconds on end, which would fall on one of them.
"""
import argparse
import json
import os
import re
import runpy
import statistics
import subprocess
import sys
import venv
from pathlib import Path

# Smaller is better in all of them. Peers' names on the left of each pair are those of harness.py.
METRICS = {
    "apply": ("apply", "apply net", "apply, one commit", "local edits, one commit"),
    "merge": ("merge",),
    "merge in 100 pieces": ("merge in 100 pieces",),
    "load": ("load", "load to readable text"),
    "load and one edit": ("load and one edit", "load, then one edit"),
    "save": ("save",),
    "bytes with history": ("bytes with history", "snapshot bytes", "snapshot", "history"),
    "bytes without history": ("bytes without history",),
    "update bytes": ("update bytes", "update", "bytes"),
    "peak memory": ("peak memory", "peak RSS over the empty process", "peak RSS of merge over the empty process"),
}
FACTORS = {"kB": 1000, "bytes": 1, "B": 1, "ms": 1, "MiB": 1}


def unit_of(metric):
    return "MiB" if metric == "peak memory" else "B" if "bytes" in metric else "ms"


def say(text):
    print(text, file=sys.stderr, flush=True)


def case_of(name):
    """`concurrent/friendsforever`, `friendsforever_concurrent.json.gz`: both are friendsforever."""
    name = name.split("/")[-1].removesuffix(".gz").removesuffix(".json").removesuffix("_concurrent")
    return re.sub(r"\b(\d+)000\b", r"\1k", name)


def metric_of(name, peer):
    # A peer's time with the binding's calls in it is no measure of the peer.
    if peer and name == "apply":
        return None
    bare = re.sub(r", (net|with) ?(of binding calls|binding calls)?$", "", name)
    return next((metric for metric, names in METRICS.items() if bare in names), None)


def figure(line, peer):
    """(case, metric, value in ms, B or MiB) of a JSON line, or None when it has no place in the table."""
    try:
        fields = json.loads(line)
        metric = metric_of(fields["metric"], peer)
        value = float(fields["value"]) * FACTORS[fields["unit"]]
    except (ValueError, KeyError, TypeError):
        return None
    return metric and (case_of(fields["case"]), metric, value)


def complaint(line):
    """What a line of ours says went wrong, or None."""
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    wrong = fields.get("ok") is False or (fields.get("metric") == "ok" and not fields.get("value"))
    return f"{fields.get('case')}: the result is wrong" if wrong else None


def table_of(markdown):
    """The names of the peers, and {(case, metric): {peer: value in ms, B or MiB}}, of a table like peers.md."""
    peers, rows = [], {}
    for line in markdown.splitlines():
        if not line.startswith("|") or re.fullmatch(r"[|:\- ]+", line):
            continue
        cells = [cell.strip() for cell in line.strip()[1:-1].split("|")]
        if not peers:
            peers = cells[1:]
            continue
        label, _, unit = cells[0].rpartition(", ")
        case, _, metric = label.partition(": ")
        metric = metric_of(metric, False)
        if metric is None or unit not in FACTORS:
            continue
        row = rows.setdefault((case_of(case), metric), {})
        for peer, cell in zip(peers, cells[1:]):
            number = re.match(r"\**([\d.,]+)", cell)
            if number:
                row[peer] = float(number[1].replace(",", "")) * FACTORS[unit]
    return peers, rows


def scaled(then, now):
    """The earlier figures as this machine would have given them, and the factors of the rows' times.

    Rows without Loro now have the median factor."""
    factors = {}
    for key, row in then.items():
        loro = next((value for peer, value in row.items() if peer.startswith("loro")), None)
        if unit_of(key[1]) == "ms" and loro and now.get(key):
            factors[key] = now[key] / loro
    usual = statistics.median(factors.values()) if factors else 1
    old = {}
    for key, row in then.items():
        factor = factors.get(key, usual) if unit_of(key[1]) == "ms" else 1
        old[key] = {peer: value * factor for peer, value in row.items()}
    return old, factors


def medians(rounds):
    """{key: the median of what the rounds found}; says where a round found nothing."""
    values = {key: [found[key] for found in rounds if key in found] for found in rounds for key in found}
    for (case, metric), some in values.items():
        if len(some) < len(rounds):
            say(f"{case}, {metric}: {len(some)} of {len(rounds)} rounds only")
    return {key: statistics.median(some) for key, some in values.items()}


def number(value, unit):
    if value is None:
        return ""
    if unit == "B":
        return f"{value:,.0f}"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}" if value < 100 else f"{value:.0f}"


def ratio(ours, others):
    others = [value for value in others if value]
    return f"{ours / min(others):.2f}" if ours is not None and others else ""


def draw(ours, loro, yrs, peers, old):
    """The table as lines of Markdown. Each of `ours`, `loro`, `yrs` is {(case, metric): value}."""
    shown = [peer for peer in peers if not peer.startswith("loro")]
    keys = set(ours) | set(loro) | set(yrs) | set(old)
    cases = list(dict.fromkeys(case for case, _ in [*ours, *loro, *yrs, *old]))
    order = sorted(keys, key=lambda key: (cases.index(key[0]), list(METRICS).index(key[1])))
    head = ["case", "metric", "unit", "ours", "loro", "yrs", "to the best now", *shown, "to the best of all"]
    rows = [head]
    for key in order:
        unit = unit_of(key[1])
        now, then = [loro.get(key), yrs.get(key)], [old.get(key, {}).get(peer) for peer in shown]
        mine = ours.get(key)
        rows.append(
            [*key, unit, *(number(value, unit) for value in [mine, *now]), ratio(mine, now),
             *(number(value, unit) for value in then), ratio(mine, now + then)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    draw_row = lambda row: "| " + " | ".join(
        cell.ljust(width) if column < 3 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths))) + " |"
    rule = "|" + "|".join(
        "-" * (width + 2) if column < 3 else "-" * (width + 1) + ":" for column, width in enumerate(widths)) + "|"
    return [draw_row(head), rule, *(draw_row(row) for row in rows[1:])]


def stream(name, command, take):
    """Runs a command and hands over each line as it comes. A failure is said; the rest goes on."""
    say(f"== {name}: {' '.join(map(str, command))}")
    # The peers' folder is not ours to leave compiled files in.
    surroundings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(part) for part in command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings) as process:
        for line in process.stdout:
            take(line.strip())
    if process.returncode:
        say(f"{name} ended with status {process.returncode}: its further figures are missing")
    return process.returncode == 0


def environment(folder, wanted):
    """A Python with the peers in it: the versions that the table names, or the newest where these are not had."""
    python = folder / "bin" / "python"
    if not python.exists():
        say(f"== making {folder}")
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit("Python cannot make an environment of its own: apt install python3-venv, then try again.")
    for package, version in wanted.items():
        probe = f"from importlib.metadata import version; print(version({package!r}))"
        has = subprocess.run([python, "-c", probe], capture_output=True, text=True).stdout.strip()
        if has and has == (version or has):
            continue
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if version and not subprocess.run([*install, f"{package}=={version}"]).returncode:
            continue
        say(f"{package} {version or ''} cannot be had: taking the newest")
        subprocess.run([*install, package], check=True)
    return python


def versions_of(peers):
    """The packages and versions that the columns' names speak of."""
    found = {"loro": None, "pycrdt": None}
    for peer in peers:
        for package in found:
            match = re.search(rf"\b{package} ([\d.]+)", peer)
            found[package] = match[1] if match else found[package]
    return found


def quick_peer(script, arguments):
    """Runs a peer's script without what its slow local edits would make long.

    Yrs walks a text from its start at each edit and joins items only on commit: with a commit every thousand
    edits the same document is made in a hundredth of the time. What that changes is not printed."""
    sys.path.insert(0, str(script.parent))
    import harness

    def is_dropped(case, metric):
        return case.startswith("text/") and bool(re.search("apply|calls|a commit per", metric))

    class Quick(harness.Report):
        def line(self, case, metric, value, unit, **extra):
            if not is_dropped(case, metric):
                super().line(case, metric, value, unit, **extra)

        def time(self, case, metric, run, prepare=lambda: None):
            return (0, run()) if is_dropped(case, metric) else super().time(case, metric, run, prepare)

    measure = harness.measure

    def measure_quickly(peer, name, version):
        in_transactions = peer.apply_text_txns

        def apply(patches):
            return in_transactions([patches[start:start + 1000] for start in range(0, len(patches), 1000)])

        peer.apply_text = apply
        peer.apply_text_txns = lambda rows: apply([patch for row in rows for patch in row])
        peer.calls_text = lambda patches: None
        measure(peer, name, version)

    harness.Report, harness.measure = Quick, measure_quickly
    # The harness starts the script again, alone, to measure memory.
    sys.argv = [str(script), *arguments]
    runpy.run_path(str(script), run_name="__main__")


def compare(options):
    peers, then = table_of((options.peers / "peers.md").read_text())
    traces = [options.traces / f"{name}.json.gz" for name in
              ("automerge-paper", "rustcode", "friendsforever_concurrent", "node_nodecc_concurrent")]
    traces = [trace for trace in traces if trace.exists()]
    if not traces:
        sys.exit(f"There are no recordings in {options.traces}: give their folder with --traces.")
    python = environment(options.venv, versions_of(peers))
    out = options.out.open("w") if options.out else None
    rounds, wrong = {"ours": [], "loro": [], "yrs": []}, []

    def write(fields):
        if out:
            out.write(json.dumps(fields) + "\n")
            out.flush()

    def taker(name, is_peer):
        def take(line):
            found = figure(line, is_peer)
            if found:
                case, metric, value = found
                rounds[name][-1][case, metric] = value
                say(f"{name}: {case}, {metric}: {number(value, unit_of(metric))} {unit_of(metric)}")
            if not is_peer and complaint(line):
                wrong.append(complaint(line))
                say(wrong[-1])
            try:
                write({"peer": "dunlin", "round": len(rounds[name]), **json.loads(line)})
            except (ValueError, TypeError):
                say(line)

        return take

    repeats = ["--repeats", options.repeats]
    yrs = options.peers / "peer_yrs.py"
    # Its 100,000 random inserts alone take two minutes.
    yrs = [python, yrs] if options.slow else [python, __file__, "--quick-peer", yrs, "--skip", "list"]
    for turn in range(options.rounds):
        say(f"== round {turn + 1} of {options.rounds}")
        for found in rounds.values():
            found.append({})
        for arguments in (["text", *traces], ["map"], ["list"]):
            stream("ours", [options.dunlin_bench, *arguments], taker("ours", False))
        stream("loro", [python, options.peers / "peer_loro.py", *repeats, *traces], taker("loro", True))
        stream("yrs", [*yrs, *repeats, *traces], taker("yrs", True))

    tables = {name: medians(found) for name, found in rounds.items()}
    old, factors = scaled(then, tables["loro"])
    for (case, metric), row in old.items():
        for peer, value in row.items():
            write({"peer": peer, "case": case, "metric": metric, "value": round(value, 4), "unit": unit_of(metric),
                   "then": then[case, metric][peer]})
    if out:
        out.close()
    print("\n".join(draw(tables["ours"], tables["loro"], tables["yrs"], peers, old)))
    if factors:
        low, usual, high = min(factors.values()), statistics.median(factors.values()), max(factors.values())
        print(f"\nColumns from {options.peers.name}/peers.md: times scaled by Loro's now over then, row by row "
              f"({low:.2f} to {high:.2f}; the median, {usual:.2f}, where Loro has no figure); sizes as they were.")
    print("Loro and Yrs: net of the calls of their Python bindings. Yrs keeps no deleted content."
          + ("" if options.slow else " Its local edits were left out: SLOW=1 measures them."))
    if wrong:
        sys.exit("\n".join(wrong))


def main():
    if sys.argv[1:2] == ["--quick-peer"]:
        return quick_peer(Path(sys.argv[2]), sys.argv[3:])
    parser = argparse.ArgumentParser(description="Measures Dunlin beside Loro and Yrs.")
    parser.add_argument("--peers", type=Path, required=True, help="the folder with the peers' scripts and peers.md")
    parser.add_argument("--dunlin-bench", required=True, help="the release build of dunlin-bench")
    parser.add_argument("--traces", type=Path, help="the folder with the recordings (traces, beside the peers')")
    parser.add_argument("--venv", type=Path, default=Path(".build-peers"), help="where the peers are installed")
    parser.add_argument("--out", type=Path, help="a file for all figures, as JSON lines")
    parser.add_argument("--repeats", type=int, default=5, help="of each measurement, of which the median counts")
    parser.add_argument("--rounds", type=int, default=3, help="of ours and the peers by turns; their median is shown")
    parser.add_argument("--slow", action="store_true", help="measure the local edits of Yrs, too (minutes)")
    options = parser.parse_args()
    if min(options.rounds, options.repeats) < 1:
        parser.error("Measure at least once: --rounds and --repeats of 1 or more.")
    options.peers = options.peers.resolve()
    options.venv = options.venv.resolve()
    options.traces = (options.traces or options.peers.parent / "traces").resolve()
    compare(options)


if __name__ == "__main__":
    main()
