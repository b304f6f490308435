"""The verbs as Python has them: arguments are read by their rules, and what a reader should know is
a warning.

The command line is the other face of the same verbs: it prints what here is returned.
"""

from __future__ import annotations

import functools
import inspect
import reprlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import pyarrow as pa

from sim import answers, arguments, cautions, checking, comparing, running, sweeping
from sim.answers.folder import tables, write
from sim.errors import FaultyInputError, warn
from sim.playing import Keep, play_all
from sim.recorded import recorded
from sim.records import Records
from sim.results import ResultFolder
from sim.scenario import Scenario
from sim.sizing import allowing_large
from sim.verdicts import Judged

if TYPE_CHECKING:
    import pandas as pd

    from sim.charts.style import Chart

P = ParamSpec("P")
Found = TypeVar("Found")
Given = TypeVar("Given")


@dataclass(frozen=True, repr=False)
class Outcome(running.Outcome):
    """What a run leaves: every replication's sums per policy, the tables made of them, and its
    records.

    `asked` is how many replications were asked for, or how many the rule `stopping` wanted next;
    fewer are there if the run was interrupted. Prices are estimated on `price_share` of the
    recipients.
    """

    call: str = field(default="sim.run", compare=False)
    """How it was asked for, as the manifest of saved results says it."""

    @cached_property
    def records(self) -> pd.DataFrame:
        """One row per message that was played, policy and replication, with the time of every step
        and the verdict: the columns of `records.parquet`, with the ids and names of a log.

        What never happened is NaT or NaN. A run keeps sums only, so it is played again, which gives
        the same records; `replication=` plays one.

        >>> import sim
        >>> found = sim.run("instant_regret", replication=3, policies="no hold")
        >>> found.records["replication"].unique().tolist()
        [3]
        """
        tables: list[pa.Table] = []

        def keep(number: int, policy: str, records: Records, judged: Judged) -> None:
            tables.append(recorded(self.scenario, number, policy, records, judged))

        self._play_again(keep)
        frame: pd.DataFrame = pa.concat_tables(tables).unify_dictionaries().to_pandas()
        return frame

    def save(self, folder: str | Path) -> Path:
        """Write what `toolate run --out FOLDER` writes: records, tables, chart and manifest, all or
        nothing.

        The records are played again. Raises `OutputError` for a folder that cannot be written, or
        that holds anything but earlier results.
        """
        from sim.charts import save  # matplotlib

        home = arguments.read("outcome.save", {"folder": folder})["folder"]
        with _named_in_python("outcome.save"), ResultFolder(home) as making:
            self._play_again(partial(making.keep, self.scenario))
            return making.finish(self, self.call, draw=save)

    def _play_again(self, keep: Keep) -> None:
        """Play the run once more, for its records: every draw is keyed, so they are the same."""
        worlds = [self.scenario.under(name) for name in self.policies]
        with allowing_large(True):  # it was allowed before
            again = play_all(
                worlds,
                self.policies,
                self.engine,
                self.replications,
                first=self.only or 0,
                everybody=self.price_share >= 1,
                keep=keep,
            )
        if again.replications < self.replications:
            raise KeyboardInterrupt


@dataclass(frozen=True, repr=False)
class Answers(answers.Answers):
    """What was asked, and the answers found; those that were not asked for are None."""

    call: str = field(default="sim.answer", compare=False)
    """How it was asked for, as the manifest of saved answers says it."""

    def __repr__(self) -> str:
        return (
            f'<Answers about {self.scenario.file} under "{self.baseline}": '
            f"{', '.join(self.asked) or 'nothing asked'}; {self.replications} replications>"
        )

    def charts(self) -> dict[str, Chart]:
        """Draw what was answered: a matplotlib figure by name, as many as the questions have.

        >>> import sim
        >>> list(sim.answer("linkedin_dm", questions="hold", replications=20).charts())
        ['hold']
        """
        from sim.charts.answered import charts  # matplotlib

        return charts(self)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Give the tables of what was answered, by the names of the files that `save` writes."""
        return tables(self)

    def save(self, folder: str | Path) -> Path:
        """Write what `toolate answer --out FOLDER` writes: tables, charts, `answers.json` and
        manifest, all or nothing.

        Raises `OutputError` for a folder that cannot be written, or that holds anything but earlier
        results.
        """
        from sim.charts.answered import save  # matplotlib

        home = arguments.read("answers.save", {"folder": folder})["folder"]
        with _named_in_python("answers.save"), ResultFolder(home) as making:
            return write(making, self, self.call, draw=save)


def _public(
    verb: Callable[P, Found],
    leaves: Callable[[Found, str], Given],
    told: Callable[[Found], Iterable[str]],
) -> Callable[P, Given]:
    """Make a verb for Python: read its arguments, warn of what is `told` of what it found, and give
    what it `leaves`.
    """
    signature, name = inspect.signature(verb), f"sim.{verb.__name__}"

    @functools.wraps(verb)
    def call(*args: P.args, **kwargs: P.kwargs) -> Given:
        bound = signature.bind(*args, **kwargs)
        usual = signature.parameters
        asked = {k: v for k, v in bound.arguments.items() if v is not usual[k].default}
        bound.arguments = arguments.read(name, asked)
        with _named_in_python(name):
            found = verb(*bound.args, **bound.kwargs)
        for line in told(found):
            warn(arguments.in_python(line))
        return leaves(found, f"{name}({_said(bound.arguments)})")

    return call


@contextmanager
def _named_in_python(verb: str) -> Iterator[None]:
    """Name arguments of a verb where faults name options of the command line."""
    try:
        yield
    except FaultyInputError as error:
        faults = [arguments.fault_in_python(fault, verb) for fault in error.faults]
        if faults == list(error.faults):
            raise
        raise type(error)(faults) from None


def _said(asked: dict[str, Any]) -> str:
    """Write arguments as they were given; a scenario by its file."""
    return ", ".join(
        f"{key}={reprlib.repr(value.file if isinstance(value, Scenario) else value)}"
        for key, value in asked.items()
        if not callable(value)
    )


def _outcome(found: running.Outcome, call: str) -> Outcome:
    return Outcome(**{one.name: getattr(found, one.name) for one in fields(found)}, call=call)


def _answers(found: answers.Answers, call: str) -> Answers:
    return Answers(**{one.name: getattr(found, one.name) for one in fields(found)}, call=call)


def _itself(found: Found, call: str) -> Found:
    return found


def _nothing(found: object) -> Iterable[str]:
    return ()


run = _public(running.run, _outcome, cautions.of_run)
compare = _public(comparing.compare, _itself, cautions.of_comparison)
check = _public(checking.check, _itself, _nothing)
answer = _public(answers.answer, _answers, _nothing)
sweep = _public(sweeping.sweep, _itself, _nothing)
