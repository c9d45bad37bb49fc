# %% [markdown]
# # Somebody else's maps
#
# Maps of any network, drawn by any program, need no run and no Kedro: masks, maps, what is true and what was called. Here they come from a network that was never fitted, so that the game must find nothing.

# %%
import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib_inline.backend_inline import set_matplotlib_formats
from PIL import Image
from torchvision.models import resnet18

import sonolens
from sonolens.studies import read_phantoms

set_matplotlib_formats("jpeg", dpi=96, pil_kwargs={"quality": 80})  # small enough to be committed

# %% [markdown]
# ## Twenty scans with a mass each
#
# Phantoms; take your own.

# %%
study = read_phantoms(
    masses=10, malignant_share=0.5, cues=["margin"], least_look=0.4, foci_site="mass", seed=1
)
scans = [study.image(scan_id) for scan_id in study.scans["scan_id"]]
masks = [study.masks[scan_id]() for scan_id in study.scans["scan_id"]]
malignant = (study.scans["label"] == "malignant").to_numpy()

# %% [markdown]
# ## A network of your own, and its maps
#
# A torchvision ResNet with random weights. Its class activation map: the last layer's features, weighted by the head.

# %%
torch.manual_seed(0)
network = resnet18(num_classes=1).eval()
features = torch.nn.Sequential(*list(network.children())[:-2])
squashed = np.stack([np.array(Image.fromarray(scan).resize((224, 224))) for scan in scans])
inputs = torch.tensor(squashed / 255, dtype=torch.float32)[:, None].expand(-1, 3, -1, -1)
with torch.inference_mode():
    maps = torch.einsum("nchw,c->nhw", features(inputs), network.fc.weight[0]).numpy()
    logits = network(inputs)[:, 0].numpy()
maps.shape

# %%
figure, panels = plt.subplots(1, 4, figsize=(9, 2.4), layout="constrained")
limit = np.abs(maps).max()
for axes, number in zip(panels, (0, 1, -2, -1), strict=True):
    rows, cols = masks[number].shape
    extent = (0, cols, rows, 0)
    axes.imshow(scans[number], cmap="gray", extent=extent)
    axes.imshow(maps[number], cmap="coolwarm", vmin=-limit, vmax=limit, alpha=0.4, extent=extent)
    axes.contour(masks[number], levels=[0.5], colors="#f5b301")
    axes.set_title("malignant" if malignant[number] else "benign")
    axes.set_axis_off()
plt.close(figure)
figure

# %% [markdown]
# ## Play
#
# One row per region, rule, subset and label; *Score your own maps* in the docs tells of signs, spacing and files.

# %%
table = sonolens.pointing_game(
    maps,
    masks,
    spacing_mm=study.scans[["spacing_row_mm", "spacing_col_mm"]].to_numpy(),
    malignant=malignant,
    called=logits > np.median(logits),
    patient_ids=study.scans["patient_id"],
)
shown = table.query("rule == 'either' and subset == 'all' and label == 'both'").set_index("region")
shown[["n", "hits", "rate", "ci_low", "ci_high", "chance", "p_adjusted"]].round(2)

# %%
figure, axes = plt.subplots(figsize=(5, 2.2), layout="constrained")
axes.barh(shown.index, shown["chance"], color="#d0d3da", label="blind points")
axes.hlines(shown.index, shown["ci_low"], shown["ci_high"], color="#222")
axes.plot(shown["rate"], shown.index, "o", color="#222", label="these maps, 95 % interval")
axes.set(xlim=(0, 1), xlabel="hits")
axes.invert_yaxis()
figure.legend(loc="outside upper center", ncols=2, frameon=False, fontsize=8)
plt.close(figure)
figure
