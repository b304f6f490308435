"""The JSON Schema of scenario files, for editors."""

from __future__ import annotations

from typing import Any

from sim.scenario.model import Scenario


def scenario_schema() -> dict[str, Any]:
    """Give the JSON Schema (2020-12) of a scenario file; what `extends` may bring is not required.

    >>> scenario_schema()["title"]
    'toolate scenario'
    """
    schema = Scenario.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "toolate scenario"
    schema["required"] = ["schema"]
    everyone = {**schema["$defs"]["Segment"], "required": [], "title": "Everyone"}
    everyone["description"] = "What all segments share; a segment may say otherwise."
    schema["$defs"]["Everyone"] = everyone
    schema["properties"]["everyone"] = {"$ref": "#/$defs/Everyone"}
    kinds = [schema["$defs"][name] for name in ("Stream", "Campaign", "Sequence", "Trace")]
    parts = {
        name: part for kind in kinds for name, part in kind["properties"].items() if name != "kind"
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
    return schema
