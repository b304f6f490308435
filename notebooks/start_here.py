# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Start here
#
# Somebody sends a message, regrets it, deletes it. How often does the deletion come too late to
# stop the notification's preview being read? This notebook loads a scenario, plays it, reads the
# table, draws the chart, changes one number, and compares.

# %%
import os
from pathlib import Path

import sim

if Path.cwd().name == "notebooks":  # scenarios are named from the project's root
    os.chdir("..")
REPLICATIONS = 60

# %% [markdown]
# ## Load a scenario
#
# A scenario is a TOML file: who writes to whom, how often they regret it, what the platform does,
# how people look at their phones. Every number in it says where it comes from.

# %%
scenario = sim.load("scenarios/linkedin_dm.toml").patched({"run.replications": REPLICATIONS})
print(scenario.question)
print("policies:", ", ".join(scenario.policy_names()))
print("noticed:", scenario.sources["mistakes.noticed"].source)

# %% [markdown]
# ## Play it and read the table
#
# Every policy meets the same senders, mistakes, latencies and glances. A share is of *regretted
# messages*: mistakes whose sender notices sooner or later. Intervals are over replications, which
# are independent worlds.

# %%
outcome = sim.run(scenario)
table = outcome.shares
table[table["measure"] == "preview_read"].round(3)

# %% [markdown]
# The first row is the platform as it is. Most of what is read in spite of the deletion is read
# *after* it (`ghost`): from a push nobody took back, or an e-mail that nobody can.

# %%
today = table[table["policy"] == "today"].set_index("measure")["value"]
today[["too_late", "ghost", "in_thread", "stopped", "open"]].round(3)

# %% [markdown]
# ## Draw the chart

# %%
sim.draw(outcome)

# %% [markdown]
# ## Change one number, and compare
#
# How much of that is e-mail? Take it away from everybody and play the same worlds again. A policy
# is nothing but a named patch, so a comparison is one too.

# %%
changed = scenario.patched({"segments.*.email": {"off": 1.0, "instant": 0.0, "digest": 0.0}})
without_mail = sim.run(changed)
sim.draw(without_mail)

# %%
before, after = (o.summary.headline("today").value for o in (outcome, without_mail))
print(f"preview read: {100 * before:.1f} % with e-mail, {100 * after:.1f} % without")

# %% [markdown]
# The differences between policies are paired, message by message, so they are much surer than the
# shares themselves:

# %%
without_mail.differences.round(3)

# %% [markdown]
# And the price that everybody else's messages pay for a policy:

# %%
price = without_mail.price
price[price["measure"] == "delay_notified_s"].round(2)
