"""The schema: every rule, column and code of the model, declared once.

`fields` says what a field is; `rules` declares what the scenario decides, each rule with the parameter
that it is, `world` what chance decides (messages, recipients), `records` what a run leaves; `codes` says
what numbers stand for. Dtypes, the defaults of worlds written by hand,
the documentation of the records, the metadata of their Parquet files and what the parity tests vary
come from here. What the compiled engine holds meanwhile is declared in the same way
(`sim.engines.compiled.state`).
"""
