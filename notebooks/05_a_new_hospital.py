# %% [markdown]
# # A network on a new hospital
#
# A run's network meets scans that it was not made for: phantoms whose only cue is the posterior shadow, where those it learned from had three. `kedro run --pipelines external_validation` does all this
# for a whole study, with intervals ([validate elsewhere](../docs/how-to/validate-elsewhere.md)); here it is in the open, function by function. Two hospitals with a network each: `kedro run --pipelines compare --params compare.runs="latest latest@OTHER_DATA_ROOT"`.

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
# ## The other hospital
#
# Any reader of `sonolens.studies` gives the same `Study`: here twelve masses, two scans each.

# %%
from sonolens.studies import read_phantoms

study = read_phantoms(
    masses=12, malignant_share=0.5, cues=["posterior"], least_look=0.4, foci_site="mass", seed=7
)
scan_ids = list(study.scans["scan_id"])
malignant = (study.scans["label"] == "malignant").to_numpy()

# %% [markdown]
# ## The network, with the threshold that it was given at home

# %%
import numpy as np

from sonolens.models import predict_logits, rebuild_network
from sonolens.ultrasound import Framing

run, read_weights = next(iter(catalog.load("model_weights").items()))
network = rebuild_network(read_weights())
size_px = catalog.load("model_inputs").shape[1]
images = [study.image(scan_id) for scan_id in scan_ids]
inputs = np.stack([Framing.of(image, size_px=size_px).frame_scan(image) for image in images])
logits = predict_logits(network, inputs, batch_size=12, device="cpu").astype(float)
decided = catalog.load("decisions").query("run == @run")
probability, temperature = decided[["threshold", "temperature"]].iloc[0]
threshold = temperature * np.log(probability / (1 - probability))  # as a logit
called = logits >= threshold

# %% [markdown]
# ## Does it still tell malignant from benign?

# %%
from sonolens.evaluation.classification import auc, delong_interval

home = decided.query("partition == 'test'")
places = {
    "home": ((home["label"] == "malignant").to_numpy(), home["logit"].to_numpy()),
    "new": (malignant, logits),
}
{
    place: (round(auc(*told), 2), np.round(delong_interval(*told, confidence=0.95), 2).tolist())
    for place, told in places.items()
}

# %% [markdown]
# A threshold travels worse than a ranking. Where do the logits lie?

# %%
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(6, 2), layout="constrained")
for place, (truth, values) in places.items():
    axes.scatter(values, [place] * len(values), c=np.where(truth, "#c8201e", "#1f5fd0"), alpha=0.6)
axes.axvline(threshold, color="#222", linewidth=1)
axes.set(xlabel="logit; red: malignant; line: the threshold of home", ylim=(-0.5, 1.5))
plt.close(figure)
figure

# %% [markdown]
# ## Does it still look at the mass?

# %%
import sonolens
from sonolens.saliency import explain_scans

(batch,) = explain_scans(
    ["cam"],
    network,
    inputs,
    scan_ids=scan_ids,
    run=run,
    settings=catalog.load("params:explanation"),
    batch_size=len(inputs),
    device="cpu",
)
maps = batch.maps["cam"]
masks = [study.masks[scan_id]() for scan_id in scan_ids]
table = sonolens.pointing_game(
    maps,
    masks,
    spacing_mm=study.scans[["spacing_row_mm", "spacing_col_mm"]].to_numpy(),
    malignant=malignant,
    called=called,
    patient_ids=study.scans["patient_id"],
)
columns = ["region", "n", "rate", "ci_low", "ci_high", "chance"]
table.query("rule == 'either' and subset == 'all' and label == 'both'")[columns].round(2)

# %%
figure, panels = plt.subplots(1, 4, figsize=(9, 2.7), layout="constrained")
limit = np.abs(maps).max()
for axes, number in zip(panels, np.argsort(logits)[[0, 1, -2, -1]], strict=True):
    rows, cols = masks[number].shape
    extent = (0, cols, rows, 0)
    axes.imshow(images[number], cmap="gray", extent=extent)
    axes.imshow(maps[number], cmap="coolwarm", vmin=-limit, vmax=limit, alpha=0.4, extent=extent)
    axes.contour(masks[number], levels=[0.5], colors="#f5b301")
    truth, call = (("malignant" if each[number] else "benign") for each in (malignant, called))
    axes.set_title(f"{truth},\ncalled {call}", fontsize=10)
    axes.set_axis_off()
plt.close(figure)
figure
