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
    return schema
