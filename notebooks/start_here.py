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
# Someone sends a message, regrets it and deletes it. How often is it read despite the deletion, from
# a notification's preview or in the app? This notebook loads a scenario, plays it, reads the table,
# draws the chart, changes one number and compares the results.

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
parts = ["read", "preview_first", "in_thread"]
table[table["measure"].isin(parts)].round(3)

# %% [markdown]
# `read` is the headline: read despite the deletion, by preview or in the app. It adds up from
# `preview_first` and `in_thread` (in the app first). The first row is the platform as it is. Some
# previews are read before the deletion takes effect, or although it is refused (*read before
# deletion*, `too_late`). Others are read after it (*read after deletion*, `ghost`), from what
# outlived the message: a push that was not retracted, or an e-mail, which cannot be.

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
# LinkedIn's mail about a direct message is taken to show no text: ten of thirteen public samples do
# not. What if it did? Play the same worlds again. A policy is a named patch on a scenario;
# `patched` applies such a patch from Python.

# %%
changed = scenario.patched({"email.carries": "full"})
text_in_mail = sim.run(changed)
sim.draw(text_in_mail)

# %%
before, after = (o.summary.headline("today").value for o in (outcome, text_in_mail))
print(f"read: {100 * before:.1f} % without text in the mail, {100 * after:.1f} % with it")

# %% [markdown]
# The differences between policies are paired, over the same messages, so they are much more precise
# than the shares themselves:

# %%
text_in_mail.differences.round(3)

# %% [markdown]
# The price of a policy is what it costs the messages that nobody regretted:

# %%
price = text_in_mail.price
price[price["measure"] == "delay_notified_s"].round(2)
