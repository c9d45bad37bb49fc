# %% [markdown]
# # Explain and score
#
# From a network to its map, from the map to a point, from points to a hit rate - and what a map that knows nothing would score.

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
# ## The map adds up to the logit
#
# `mean(CAM) + bias == logit`: the map is the decision, spread over the scan.

# %%
from sonolens.models import rebuild_network

gallery = catalog.load("gallery")
scan_id, run = gallery[["scan_id", "run"]].iloc[-1]
network = rebuild_network(catalog.load("model_weights")[run]())
saliency = catalog.load("saliency_maps")[f"cam/{run}/{scan_id}"]()
logits = catalog.load("predictions").set_index(["run", "scan_id"])["logit"]
float(saliency.mean()) + network.bias, float(logits[run, scan_id])

# %% [markdown]
# ## The map on the scan
#
# Red argues for malignant, blue for benign. Mass, ring and what lies below are outlined; crosses mark the extremes.

# %%
from sonolens.pipelines.reporting.scan_figures import draw_saliency_examples

shown = gallery.groupby("label").head(1)
names = ["scans", "raw_images", "raw_masks", "region_masks", "extreme_points", "saliency_maps"]
draw_saliency_examples(shown, *(catalog.load(name) for name in names))

# %% [markdown]
# ## Other methods, asked now
#
# Any of `EXPLAINERS` for any network of the run. The baselines `edges` and `centre_prior` have never seen it.

# %%
import matplotlib.pyplot as plt
import numpy as np

from sonolens.saliency import explain_scans

methods = ["cam", "grad_cam_pp", "eigen_cam", "occlusion", "edges", "centre_prior"]
scans = catalog.load("scans")
(row,) = np.flatnonzero(scans["scan_id"] == scan_id)
scan = np.asarray(catalog.load("model_inputs")[[row]])
settings = catalog.load("params:explanation")
(explained,) = explain_scans(
    methods,
    network,
    scan,
    scan_ids=[scan_id],
    run=run,
    settings=settings,
    batch_size=1,
    device="cpu",
)
figure, panels = plt.subplots(1, len(methods), figsize=(11, 2.2), layout="constrained")
for axes, method in zip(panels, methods, strict=True):
    (drawn,) = explained.maps[method]
    limit = np.abs(drawn).max() or 1
    axes.imshow(scan[0], cmap="gray", extent=(0, 1, 1, 0))
    axes.imshow(drawn, cmap="coolwarm", vmin=-limit, vmax=limit, alpha=0.5, extent=(0, 1, 1, 0))
    axes.set_title(method)
    axes.set_axis_off()
plt.close(figure)
figure

# %% [markdown]
# ## The pointing game
#
# Beside every rate stands what blind points would score on the same scans. A hit rate whose interval reaches down to it shows nothing about the network.

# %%
columns = ["region", "n", "rate", "ci_low", "ci_high", "chance", "location_prior", "ring"]
game = catalog.load("pointing_game").query("rule == 'either' and subset == 'correct'")
game.query("label == 'both' and method == 'cam'")[columns].round(2)

# %% [markdown]
# ## The verdict
#
# The weakest answer of all yardsticks.

# %%
columns = ["region", "question", "value", "against", "answer", "verdict"]
catalog.load("verdict").query("not baseline")[columns].round(2)
