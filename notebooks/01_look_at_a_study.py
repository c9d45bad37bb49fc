# %% [markdown]
# # Look at a study
#
# Before any network: what is in the scans, what is wrong with them, and what else could tell the label. Run the project first (`make run`); this notebook only reads.

# %%
ENV, DATA_ROOT = None, "data"  # another study: ENV = "busbra", DATA_ROOT = "data/busbra"

# %%
import logging

logging.disable(logging.INFO)  # Kedro tells of every dataset that is loaded

from pathlib import Path

from matplotlib_inline.backend_inline import set_matplotlib_formats

from sonolens.results import open_results

set_matplotlib_formats("jpeg", dpi=96, pil_kwargs={"quality": 80})  # small enough to be committed
project = next(p for p in [Path.cwd(), *Path.cwd().parents] if (p / "conf").exists())
catalog = open_results(project, env=ENV, params={"data_root": DATA_ROOT})

# %% [markdown]
# ## Who is in it
#
# One row per scan; a lesion may have several, a patient several lesions.

# %%
scans = catalog.load("scans")
{f"{name}s": scans[f"{name}_id"].nunique() for name in ("scan", "lesion", "patient")}

# %%
scans.groupby(["label", "birads"]).size().unstack(fill_value=0)

# %% [markdown]
# ## What they look like
#
# Images and masks load lazily: the dictionaries hold readers, and only the one you call touches the disk.

# %%
from sonolens.pipelines.reporting.scan_figures import draw_example_scans

gallery = catalog.load("gallery")
draw_example_scans(gallery, scans, catalog.load("raw_images"), catalog.load("raw_masks"))

# %% [markdown]
# ## How large the masses are

# %%
import matplotlib.pyplot as plt

measured = catalog.load("mass_measurements").merge(scans[["scan_id", "label"]])
figure, axes = plt.subplots(figsize=(5, 2.6), layout="constrained")
sizes = {label: rows["size_mm"].dropna() for label, rows in measured.groupby("label")}
axes.hist(list(sizes.values()), bins=15, label=list(sizes), color=["#1f5fd0", "#c8201e"])
axes.set(xlabel="size of the mass, mm", ylabel="scans")
axes.legend(frameon=False)
plt.close(figure)
figure

# %% [markdown]
# ## What is wrong with them
#
# An `error` leaves a scan out or stops the run, a `warning` is yours to judge. No rows: nothing was found.

# %%
catalog.load("screening")[["check", "severity", "scan_id", "message"]].head()

# %% [markdown]
# ## What tells the label without the mass
#
# Brightness, text, crop, device: an AUC above 0.5 is a way to be right for a wrong reason. The network's own AUC stands beside.

# %%
from sonolens.figures.classification.shortcuts import draw_shortcuts

draw_shortcuts(catalog.load("shortcut_audit"), catalog.load("classification_metrics"))
