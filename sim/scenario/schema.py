"""The JSON Schema of scenario files, for editors."""

from __future__ import annotations

from typing import Any, get_args

from sim.people import NONE, choices, kinds
from sim.scenario.model import Scenario
from sim.scenario.traffic import Traffic


def scenario_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a scenario file; what `extends` may bring is not required.

    >>> scenario_schema()["title"]
    'toolate scenario'
    """
    schema = Scenario.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "toolate scenario"
    schema["required"] = ["schema"]
    about_people = schema["properties"]["people"]["description"]
    schema["properties"]["people"] = {"enum": [*choices(), NONE], "description": about_people}
    of_one = [one for one in choices() if not kinds(one.partition("/")[0]) or "/" in one]
    own = {"enum": [*of_one, NONE], "description": "Whose habits this segment has instead."}
    schema["$defs"]["Segment"]["properties"]["people"] = own
    everyone = {**schema["$defs"]["Segment"], "required": [], "title": "Everyone"}
    everyone["properties"] = {k: v for k, v in everyone["properties"].items() if k != "people"}
    everyone["description"] = "What all segments share; a segment may say otherwise."
    schema["$defs"]["Everyone"] = everyone
    schema["properties"]["everyone"] = {"$ref": "#/$defs/Everyone"}
    traffics = [schema["$defs"][kind.__name__] for kind in get_args(get_args(Traffic)[0])]
    parts = {
        name: part
        for kind in traffics
        for name, part in kind["properties"].items()
        if name != "kind"
    }
    about = "What differs from the traffic of the file this one extends."
    schema["$defs"]["PartOfTraffic"] = {
        "type": "object",
        "properties": parts,
        "additionalProperties": False,
        "title": "Part of traffic",
        "description": about,
    }
    schema["properties"]["traffic"] = {
        "anyOf": [schema["properties"]["traffic"], {"$ref": "#/$defs/PartOfTraffic"}]
    }
    unwrapped: dict[str, Any] = _unwrapped(schema)
    return unwrapped


def _unwrapped(value: Any) -> Any:
    """Write descriptions on one line: they come from docstrings, wrapped for the source."""
    if isinstance(value, list):
        return [_unwrapped(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: " ".join(one.split())
        if key == "description" and isinstance(one, str)
        else _unwrapped(one)
        for key, one in value.items()
    }
