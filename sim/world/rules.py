"""The rules of a scenario as the plain numbers that engines read."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from sim.clock import NEVER
from sim.scenario.model import KINDS, Scenario
from sim.schema.codes import DELETE, EDIT
from sim.schema.fields import Field
from sim.schema.rules import RULES, Rules


def rules_of(s: Scenario) -> Rules:
    """Give the rules of a scenario as plain numbers: most are a parameter as it is (`Field.of`).

    Where the mail worker stands at time 0 is chance's.
    """
    said = {rule.name: _number(rule, attrgetter(rule.of)(s)) for rule in RULES if rule.of}
    return Rules(**said | _by_remedy(s, said["remedy"]) | _by_binding(s))


def _number(rule: Field, value: Any) -> Any:
    """Give a parameter as the number of its rule; the rule's own where it says nothing."""
    if value is None:
        return rule.absent
    if rule.bits is not None:
        return sum(rule.bits[word] for word in set(value))
    if rule.codes is not None:
        return rule.codes[value]
    return {"int64": int, "float64": float, "bool": bool}[rule.dtype](value)


def _by_remedy(s: Scenario, remedy: int) -> dict[str, Any]:
    """Give what a platform allows: who apologises or blocks asks nobody."""
    asks = remedy in (DELETE, EDIT)
    window = s.deletion.edit_window if remedy == EDIT else s.deletion.window
    return {
        "window": int(window) if asks else NEVER,
        "unread_only": s.deletion.unread_only and remedy == DELETE,
        "undeletable": sum(1 << KINDS.index(kind) for kind in set(s.deletion.undeletable))
        if asks
        else 0,
        "receiver_window": int(s.deletion.receiver_window) if asks else NEVER,
        "redraft": s.deletion.remedy == "redraft",
    }


def _by_binding(s: Scenario) -> dict[str, Any]:
    """Give what a mail shows, and that what is bound early is dropped for no reason unless one is
    given.
    """
    found = {
        "email_preview": {"full": NEVER, "preview": s.email.preview, "nothing": 0}[s.email.carries]
    }
    if s.push.drop is None and not s.push.late_binding:
        found["push_drop"] = 0
    if s.email.drop is None and s.email.binding == "snapshot":
        found["email_drop"] = 0
    return found
