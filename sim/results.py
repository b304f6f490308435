"""What is kept of a run: a folder of manifest, Parquet records, CSV tables and chart, written whole
or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, Self

from sim.errors import Fault, OutputError
from sim.estimates import CONFIDENCE, MEAN, WOODRUFF, Estimate
from sim.paths import is_alive
from sim.recorded import recorded, write_dictionary
from sim.records import Records
from sim.running import Outcome
from sim.scenario.model import Scenario
from sim.summaries import FLAGS, LEVELS, LOST_WHEN, READ, VERDICTS, headlines
from sim.tallies import HEADLINE, SPLIT
from sim.verdicts import Judged
from sim.version import __version__

MANIFEST = "run.json"
DICTIONARY = "columns.csv"
"""What every column of the records means."""
ROWS_AT_ONCE = 1 << 14
"""Rows of records that are written together, at least: each group of rows in the file takes
space and time for every column, however few they are."""


def scenario_hash(scenario: Scenario) -> str:
    """Give the SHA-256 of a resolved scenario, sources and checks aside: what its results depend
    on.

    >>> import sim
    >>> len(scenario_hash(sim.load("scenarios/linkedin_dm.toml")))
    64
    """
    deciding = {
        k: v
        for k, v in scenario.raw.items()
        if k not in ("sources", "checks", "title", "question", "extends")
    }
    return hashlib.sha256(json.dumps(deciding, sort_keys=True, default=str).encode()).hexdigest()


def document(outcome: Outcome) -> dict[str, Any]:
    """Give the one JSON document of a run: per policy the headline and its split, every verdict and
    channel, and the difference.

    Its keys are documented in docs/json.md. Shares are numbers from 0 to 1.
    """
    s, run = outcome.summary, outcome.scenario.run
    return {
        "schema": 1,
        "tool": {"name": "toolate", "version": __version__},
        "scenario": {
            name: getattr(outcome.scenario, name) for name in ("file", "title", "question")
        }
        | {"sha256": scenario_hash(outcome.scenario)},
        "seed": run.seed,
        "replications": outcome.replications,
        "replications_asked": outcome.asked,
        "complete": outcome.replications == outcome.asked,
        "confidence": CONFIDENCE,
        "methods": {
            "headline": headlines(s.sums).method,
            "shares": s.estimates.method,
            "differences": s.changes.method,
            "means": MEAN,
            "quantiles": WOODRUFF,
        },
        "precision": precision_of(outcome),
        "regretted": int(s.shares.iloc[0]["of"]),
        "regretted_recipients": s.sums.total(outcome.policies[0], "regretted_recipients"),
        "messages": s.sums.total(outcome.policies[0], "messages"),
        "price_share": outcome.price_share,
        "policies": [_policy(outcome, name) for name in outcome.policies],
    }


def _policy(outcome: Outcome, name: str) -> dict[str, Any]:
    """Give one policy's part of the document."""
    s = outcome.summary
    mine = s.shares[s.shares["policy"] == name]
    counts = dict(zip(mine["measure"], mine["count"].tolist(), strict=True))

    def said(measure: str) -> dict[str, Any]:
        e = s.headline(name, measure)
        return {"count": counts[measure], "share": _number(e.value), **_bounds(e), **basis(e)}

    entry: dict[str, Any] = {
        "policy": name,
        "baseline": name == outcome.policies[0],
        "headline": said(HEADLINE),
        "split": {part: said(part) for part in SPLIT},
        "verdicts": {v: said(v) for v in VERDICTS},
        "lost": {w.removeprefix("lost_"): said(w) for w in LOST_WHEN},
        "channels": {c: said(f"read_{c}") for c in READ},
        "flags": {f: said(f) for f in FLAGS},
        "exposed": {level: said(f"level_{level}") for level in LEVELS},
        "price_of": {
            "messages": s.sums.total(name, "others"),
            "recipients": s.sums.total(name, "others_recipients"),
        },
        "price": {
            row.measure: {"value": _number(row.value), **_bounds(row), "of": row.of}
            for row in s.price[s.price["policy"] == name].itertuples()
        },
    }
    if messages := s.sums.total(name, "group_messages"):
        entry["groups"] = {"messages": messages, "read": said("group_read")}
    return entry | _against_the_baseline(outcome, name)


def _against_the_baseline(outcome: Outcome, name: str) -> dict[str, Any]:
    """Give what a policy changes: the difference of its headline, and of its cost."""
    s, entry = outcome.summary, dict[str, Any]()
    for d in s.differences[s.differences["policy"] == name].itertuples():
        entry["difference"] = {
            "to": outcome.policies[0],
            "share": _number(d.value),
            **_bounds(d),
            "saved": d.saved,
            "newly_lost": d.newly_lost,
            **basis(s.change(name)),
        }
    if outcome.scenario.costs:
        costs = outcome.costs
        cost = costs[costs["policy"] == name].to_dict("records")[0]
        entry["cost"] = {
            key: _number(cost[key])
            for key in ("value", "low", "high", "change", "change_low", "change_high")
        } | {"with_any": cost["with_any"]}
    return entry


def precision_of(outcome: Outcome) -> dict[str, Any] | None:
    """Give the sequential rule of a run, and whether it was reached; None without one."""
    if outcome.stopping is None:
        return None
    return {**outcome.stopping.told(), "reached": outcome.is_sure}


def basis(e: Estimate) -> dict[str, Any]:
    """Give what an interval rests on: replications that have any of what it is of, and any hit,
    degrees of freedom and design effect.
    """
    return {
        "replications": e.replications,
        "with_events": e.with_events,
        "df": _number(e.df),
        "design_effect": _number(e.design_effect),
    }


def _bounds(row: Any) -> dict[str, float | None]:
    return {"low": _number(row.low), "high": _number(row.high)}


def _number(value: Any) -> float | None:
    """Give a number for JSON: NaN and infinity, which JSON has not, become null."""
    return float(value) if isfinite(value) else None


class ResultFolder:
    """A folder of results in the making: everything goes to a temporary name beside it, and is
    renamed whole.

    Raises `OutputError` if the folder cannot be written, or holds anything but earlier results.
    What is not finished leaves nothing behind.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._home = folder, folder.absolute()
        self._check()
        above = self._home.parent
        self._made = [one for one in (above, *above.parents) if not one.exists()]
        self._writer: Any = None
        self._waiting: list[Any] = []
        self._rows_waiting = 0
        try:
            above.mkdir(parents=True, exist_ok=True)
            self._tidy()
            self.making = self._beside("making")
        except OSError as error:
            raise self._unwritable(error) from None

    def _beside(self, what: str) -> Path:
        """Make a hidden folder beside the results, which says whose it is."""
        start = f".{self._home.name}.{what}-{os.getpid()}@{platform.node()}@"
        return Path(tempfile.mkdtemp(prefix=start, dir=self._home.parent))

    def _tidy(self) -> None:
        """Remove what processes of this machine that are no more left half-made; results that one
        of them had set aside come back.
        """
        name = re.compile(
            rf"\.{re.escape(self._home.name)}\.(making|old)-(\d+)@{re.escape(platform.node())}@\w+"
        )
        for one in self._home.parent.iterdir():
            found = name.fullmatch(one.name)
            if found and not is_alive(int(found[2])):
                if found[1] == "old" and not self._home.exists() and (one / "results").exists():
                    (one / "results").rename(self._home)
                shutil.rmtree(one, ignore_errors=True)

    def _fault(self, problem: str, remedy: str) -> OutputError:
        return OutputError([Fault("--out", str(self.folder), problem, remedy)])

    def _unwritable(self, error: OSError) -> OutputError:
        return self._fault(f"cannot be written ({error.strerror or error})", "name another folder")

    def _check(self) -> None:
        try:
            self._look()
        except OSError as error:
            raise self._unwritable(error) from None

    def _look(self) -> None:
        near = next(one for one in (self._home, *self._home.parents) if one.exists())
        if self._home.is_file():
            raise self._fault("is a file", "name a folder")
        if not near.is_dir():
            raise self._fault(
                f"cannot be made, because {near.name} is a file", "name another folder"
            )
        if not os.access(near, os.W_OK):
            raise self._fault(
                f"cannot be written, because {near.name or near} is not yours to write to",
                "name another folder",
            )
        if self._home.is_dir() and (others := self._others()):
            problem = f"holds {others[0]}, which is no result of toolate"
            raise self._fault(problem, "name a new or empty folder, or one of earlier results")

    def _others(self) -> list[str]:
        """List what is in the folder and was not written by an earlier run."""
        names = sorted(one.name for one in self._home.iterdir())
        try:
            manifest = json.loads((self._home / MANIFEST).read_text(encoding="utf-8"))
            mine = {MANIFEST, *manifest["files"]} if manifest["tool"] == "toolate" else set()
        except (OSError, ValueError, TypeError, KeyError):
            mine = set()
        return [name for name in names if name not in mine]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self._waiting = []  # what is not in place by now is not wanted
        with contextlib.suppress(Exception):
            self._close()
        shutil.rmtree(self.making, ignore_errors=True)
        for folder in self._made:
            with contextlib.suppress(OSError):  # not empty: the results are in it
                folder.rmdir()

    def _close(self) -> None:
        self._write()
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _write(self) -> None:
        """Write the records that wait, as one group of rows."""
        import pyarrow as pa

        waiting, self._waiting, self._rows_waiting = self._waiting, [], 0
        if waiting:
            self._writer.write_table(pa.concat_tables(waiting))

    def keep(
        self, scenario: Scenario, replication: int, policy: str, records: Records, judged: Judged
    ) -> None:
        """Append the records of one replication under one policy to `records.parquet`, and say
        beside it what its columns mean.
        """
        import pyarrow.parquet as pq

        table = recorded(scenario, replication, policy, records, judged)
        try:
            if self._writer is None:
                write_dictionary(scenario, table.schema, self.making / DICTIONARY)
                self._writer = pq.ParquetWriter(
                    self.making / "records.parquet", table.schema, compression="zstd"
                )
            self._waiting.append(table)
            self._rows_waiting += table.num_rows
            if self._rows_waiting >= ROWS_AT_ONCE:
                self._write()
        except OSError as error:  # a full disk
            raise self._unwritable(error) from None

    def finish(
        self, outcome: Outcome, command: str, *, draw: Callable[[Outcome, Path], object]
    ) -> Path:
        """Write a run's tables, pictures (by `draw`) and manifest, put the folder in place, and
        return it.
        """

        def write(making: Path) -> dict[str, Any]:
            outcome.shares.to_csv(making / "shares.csv", index=False)
            outcome.differences.to_csv(making / "differences.csv", index=False)
            outcome.price.to_csv(making / "price.csv", index=False)
            if outcome.scenario.costs:
                outcome.costs.to_csv(making / "costs.csv", index=False)
            draw(outcome, making)
            (making / "summary.json").write_text(
                json.dumps(document(outcome), indent=1) + "\n", encoding="utf-8"
            )
            return manifest(
                outcome.scenario,
                outcome.policies,
                outcome.replications,
                outcome.asked,
                outcome.engine,
                command,
            )

        return self.put(write)

    def put(self, write: Callable[[Path], dict[str, Any]]) -> Path:
        """Put the folder in place once `write` has filled it and returned a manifest.

        Raises `OutputError`.
        """
        try:
            self._close()
            content = write(self.making)
            digests = {
                p.name: hashlib.sha256(p.read_bytes()).hexdigest()
                for p in sorted(self.making.iterdir())
            }
            text = json.dumps(content | {"files": digests}, indent=1, default=str)
            (self.making / MANIFEST).write_text(text + "\n", encoding="utf-8")
            self._put_in_place()
        except OSError as error:
            raise self._unwritable(error) from None
        return self.folder

    def _put_in_place(self) -> None:
        self._check()
        self.making.chmod(0o755)
        if self._home.exists():
            old = self._beside("old")
            self._home.rename(old / "results")
            self.making.rename(self._home)
            shutil.rmtree(old)
        else:
            self.making.rename(self._home)


def manifest(
    scenario: Scenario, policies: Sequence[str], done: int, asked: int, engine: str, command: str
) -> dict[str, Any]:
    """Tell all that is needed to make the results again."""
    packages = ("numpy", "scipy", "pandas", "numba", "simpy", "pyarrow", "matplotlib")
    return {
        "schema": 1,
        "tool": "toolate",
        "version": __version__,
        "command": command,
        "scenario_file": scenario.file,
        "scenario_sha256": scenario_hash(scenario),
        "scenario": scenario.raw,
        "policies": list(policies),
        "seed": scenario.run.seed,
        "replications": done,
        "replications_asked": asked,
        "engine": engine,
        "draws": "Philox-4x32-10, keyed by (seed, replication, purpose, entity, index)",
        "tie_order": [
            "deletion",
            "hold end, dispatch, arrival, retraction",
            "window close",
            "look",
        ],
        "python": platform.python_version(),
        "system": platform.system(),
        "packages": {name: importlib.metadata.version(name) for name in packages},
    }
