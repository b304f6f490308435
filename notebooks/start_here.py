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
# Someone sends a message, regrets it and deletes it. How often does the deletion come too late to
# stop the notification's preview from being read? This notebook loads a scenario, plays it, reads
# the table, draws the chart, changes one number and compares the results.

# %%
import os
from pathlib import Path

import sim

if Path.cwd().name == "notebooks":  # paths are relative to the project's root
    os.chdir("..")
REPLICATIONS = 60

# %% [markdown]
# ## Load a scenario
#
# A scenario is a TOML file. It describes who writes to whom, how often senders regret a message,
# what the platform does and how people look at their phones. Every number in it has a source.

# %%
scenario = sim.load("scenarios/linkedin_dm.toml").patched({"run.replications": REPLICATIONS})
print(scenario.question)
print("policies:", ", ".join(scenario.policy_names()))
print("noticed:", scenario.sources["mistakes.noticed"].source)

# %% [markdown]
# ## Play it and read the table
#
# All policies face the same senders, mistakes, latencies and glances. A share is a share of
# *regretted messages*: mistakes that the sender notices sooner or later. Intervals are over
# replications, which are independent worlds.

# %%
outcome = sim.run(scenario)
table = outcome.shares
table[table["measure"] == "read"].round(3)

# %% [markdown]
# The first row is the platform as it is. Some previews are read before the deletion takes effect,
# or although it is refused (*read before deletion*, `too_late`). Others are read after it (*read
# after deletion*, `ghost`): in a push that was not retracted, or in an e-mail, which cannot be.

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
# How much of that is due to e-mail? Switch it off for everybody and play the same worlds again. A
# policy is a named patch on a scenario; `patched` applies such a patch from Python.

# %%
changed = scenario.patched({"segments.*.email": {"off": 1.0, "instant": 0.0, "digest": 0.0}})
without_mail = sim.run(changed)
sim.draw(without_mail)

# %%
before, after = (o.summary.headline("today").value for o in (outcome, without_mail))
print(f"preview read: {100 * before:.1f} % with e-mail, {100 * after:.1f} % without")

# %% [markdown]
# The differences between policies are paired, over the same messages, so they are much more precise
# than the shares themselves:

# %%
without_mail.differences.round(3)

# %% [markdown]
# The price of a policy is what it costs the messages that nobody regretted:

# %%
price = without_mail.price
price[price["measure"] == "delay_notified_s"].round(2)
