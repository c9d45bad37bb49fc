# %% [markdown]
# # Train and compare
#
# What a run's network learned, and a second, small one fitted here in seconds and held against the first on the same scans. Other networks for a whole run:
# `kedro run --params training.networks=resnet50`; whole runs side by side: `kedro run --pipelines compare --params compare.runs="RUN RUN"`.

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
# ## How the run's network learned

# %%
from sonolens.figures.classification.losses import draw_training

runs = catalog.load("training_runs")
draw_training(catalog.load("training_history"), runs)

# %% [markdown]
# ## How well it tells malignant from benign
#
# Scans of a lesion are no independent cases, so every number stands per scan and per lesion, with an interval over patients.

# %%
from sonolens.figures.classification.curves import draw_roc

metrics = catalog.load("classification_metrics")
draw_roc(catalog.load("roc_curve"), metrics, training_runs=runs, partition="test")

# %% [markdown]
# ## A second network, fitted here
#
# The same scans, partitions and labels; a network of a few thousand weights.

# %%
import numpy as np

from sonolens.models import (
    AugmentationRanges,
    FitPlan,
    LabelledScans,
    Machine,
    Schedule,
    build_network,
    fit_network,
)

scans = catalog.load("scans")
malignant = (scans["label"] == "malignant").to_numpy()
inputs = np.asarray(catalog.load("model_inputs"))[: len(scans)]
split = catalog.load("splits").query("fold == 0").set_index("scan_id")["partition"]
partition = scans["scan_id"].map(split)


def gather(name):
    rows = np.flatnonzero(partition == name)
    scan_ids = list(scans["scan_id"].iloc[rows])
    return LabelledScans(stack=inputs, rows=rows, labels=malignant[rows], scan_ids=scan_ids)


plan = FitPlan(
    train=gather("train"),
    watched={"validation": gather("validation")},
    schedule=Schedule(learning_rate=0.003, batch_size=12, epochs=6, patience=6),
    augmentation=AugmentationRanges(
        horizontal_flip=True, max_shift=0.1, max_contrast=0.1, max_gain_levels=20
    ),
    seed=0,
)
start = build_network("tiny", adaptation="full", weights="none", seed=0)
machine = Machine(device="cpu", devices=1, strategy="auto", precision="full")
fit = fit_network(start, plan=plan, machine=machine, checkpoint=None, name="tiny")
fit.history[["epoch", "train_loss", "validation_loss"]].round(3)

# %% [markdown]
# ## Which is better, on the same test scans?
#
# A difference means something only if its interval leaves out 0.

# %%
from sonolens.evaluation.classification import auc, compare_aucs_bootstrap
from sonolens.evaluation.statistics import Bootstrap
from sonolens.models import predict_logits

run, test = runs["run"].iloc[0], gather("test")
of_run = catalog.load("decisions").query("run == @run").set_index("scan_id").loc[test.scan_ids]
there = of_run["logit"].to_numpy()
network = fit.network_of("validation")
here = predict_logits(network, inputs[test.rows], batch_size=12, device="cpu").astype(float)
{run: round(auc(test.labels, there), 2), "tiny": round(auc(test.labels, here), 2)}

# %%
compare_aucs_bootstrap(
    test.labels,
    there,
    here,
    of_run["patient_id"],
    bootstrap=Bootstrap(resamples=1000, confidence=0.95, seed=0),
)
