"""The schema: every rule, column and code of the model, declared once.

`fields` says what a field is; `world` declares what chance and the scenario decide (rules,
messages, recipients), `records` what a run leaves. Dtypes, the defaults of worlds written by hand,
the documentation of the records, the metadata of their Parquet files and what the parity tests vary
come from here. What the compiled engine holds meanwhile is declared in the same way
(`sim.engines.compiled.state`).
"""
