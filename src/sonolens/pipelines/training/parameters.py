"""Parameters of ``conf/base/parameters_training.yml``."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PositiveFloat, model_validator

from sonolens.models import (
    ADAPTATIONS,
    EXPORTED,
    NETWORKS,
    OWN_ADAPTATIONS,
    AugmentationRanges,
    DrsOptions,
    Hardware,
    Pace,
    Schedule,
    check_own_networks,
)
from sonolens.parameters import (
    Names,
    Numbers,
    Parameters,
    each_once,
    listed,
    listed_numbers,
    one_of,
    some_of,
)
from sonolens.tables.vocabulary import GUIDANCES, LEARNT_LABELS, PROTOCOLS


def _known_start(weights: str) -> str:
    """Refuse a missing file before hours of work, not after."""
    path, _, _ = weights.partition("#")
    if weights not in {"imagenet", "none"} and not Path(path).is_file():
        raise ValueError(f"{path!r} is no file; give imagenet, none or the path of a state dict")
    return weights


def _numbers_where_they_are(strides: Any) -> Any:
    """Read numbers from a command line, where all are words."""
    if not isinstance(strides, list | tuple):
        return strides
    return [int(each) if str(each).isdigit() else each for each in strides]


OutputStrides = Annotated[
    tuple[Literal["own", 32, 16, 8], ...],
    BeforeValidator(_numbers_where_they_are),
    BeforeValidator(listed),
    AfterValidator(each_once),
]
"""Pixels from one map cell to the next; own is the network's."""


def refuse_strides(network: str, strides: tuple[str | int, ...], *, asked_by: str) -> None:
    """Refuse strides that a network cannot be given; a user's own network has its own alone.

    Raises:
        ValueError: If there is one; it names the group of parameters that asked for it.
    """
    possible = NETWORKS[network].output_strides if network in NETWORKS else ()
    for stride in strides:
        if stride not in {"own", *possible}:
            others = f" or some of {', '.join(map(str, possible))}" if possible else ""
            raise ValueError(
                f"network {network} has no output stride {stride}; set "
                f"{asked_by}.output_strides to own{others}"
            )


def _possible_networks(own: dict[str, str]) -> dict[str, str]:
    check_own_networks(own)
    return own


Start = Annotated[str, AfterValidator(_known_start)]


class RatesByAdaptation(Parameters):
    """Adam's step size by adaptation: the fewer weights learn, the larger it may be."""

    linear_probe: PositiveFloat = Field(description="Only the head learns.")
    drs: PositiveFloat = Field(description="Channel scales and the head learn.")
    batchnorm: PositiveFloat = Field(description="Affine normalisation weights and the head.")
    last_block: PositiveFloat = Field(description="The last block and the head learn.")
    full: PositiveFloat = Field(description="Everything learns.")


class LearningRates(Parameters):
    """Adam's step size by start: large steps undo what trained weights know."""

    random: RatesByAdaptation = Field(description="From random weights.")
    trained: RatesByAdaptation = Field(description="From ImageNet's weights, or those of a file.")


class ConformalParameters(Parameters):
    """How often sets of labels may miss, and what is calibrated apart."""

    alphas: Annotated[
        tuple[Annotated[float, Field(gt=0, lt=1)], ...],
        BeforeValidator(listed_numbers),
        AfterValidator(each_once),
    ] = Field(description="Shares of sets that may miss; the first is on the page's figure.")
    least_patients: int = Field(
        ge=1, description="A BI-RADS category of fewer takes the threshold of all."
    )


class TrainingParameters(Pace):
    """Which networks are fitted, and how; lists span a grid of runs."""

    protocol: Annotated[str, AfterValidator(one_of(PROTOCOLS))] = Field(
        description="Whether the test scans may choose epoch and threshold, as in the paper."
    )
    own_networks: Annotated[dict[str, str], AfterValidator(_possible_networks)] = Field(
        description="By name, what builds the trunk of a network of one's own: module:function, or a file of torch.export."
    )
    networks: Names = Field(
        description="Names from sonolens.models.NETWORKS, or from own_networks."
    )
    adaptations: Annotated[Names, AfterValidator(some_of(ADAPTATIONS))] = Field(
        description="Which weights learn: names from sonolens.models.ADAPTATIONS."
    )
    seeds: Numbers = Field(description="Seeds of head, batch order and augmentation.")
    folds: Literal["all"] | Numbers = Field(description="Which folds of the split are trained.")
    weights: Start | dict[str, Start] = Field(
        description="Where networks start: imagenet, none, a file, or one of these by network."
    )
    output_strides: OutputStrides = Field(
        description="Pixels from one map cell to the next; own is the network's."
    )
    labels: Annotated[Names, AfterValidator(some_of(LEARNT_LABELS))] = Field(
        description="What is learnt: the lesions' labels, or the same exchanged by chance."
    )
    guidances: Annotated[Names, AfterValidator(some_of(GUIDANCES))] = Field(
        description="What fits are told beside labels: nothing, or where evidence costs."
    )
    guidance_weight: PositiveFloat = Field(
        description="What a map costs whose evidence is all astray, in units of a scan's cross-entropy."
    )
    drs: DrsOptions = Field(description="Deep representation scaling.")
    learning_rates: LearningRates = Field(description="Adam's step size by start and adaptation.")
    augmentation: AugmentationRanges = Field(
        description="How training scans are varied, never upside down: depth carries the shadow."
    )
    hardware: Hardware = Field(description="How fits use the machine.")

    @model_validator(mode="after")
    def _every_network_is_known(self) -> "TrainingParameters":
        some_of((*NETWORKS, *self.own_networks))(self.networks)
        return self

    @model_validator(mode="after")
    def _programs_stay_in_one_process(self) -> "TrainingParameters":
        for name in self.networks:
            source = self.own_networks.get(name, "")
            if source.endswith(EXPORTED) and self.hardware.devices > 1:
                raise ValueError(
                    f"network {name} is an exported program, which several processes cannot share; set "
                    "training.hardware.devices to 1, or name a function that builds it"
                )
        return self

    @model_validator(mode="after")
    def _every_network_has_a_start(self) -> "TrainingParameters":
        if isinstance(self.weights, dict):
            one = one_of((*NETWORKS, *self.own_networks))
            for name, start in self.weights.items():
                one(name)
                if start == "imagenet" and name in self.own_networks:
                    raise ValueError(
                        f"training.weights names imagenet for {name}, which is your own; load them where it is built, or "
                        "name a file"
                    )
            absent = [
                name for name in self.networks if name not in {*self.weights, *self.own_networks}
            ]
            if absent:
                raise ValueError(f"training.weights names no start for {absent[0]}; add it")
        elif len(self.networks) > 1 and self.weights not in {"imagenet", "none"}:
            raise ValueError(
                f"one file cannot start {len(self.networks)} networks; give training.weights as "
                "network: file pairs"
            )
        return self

    @model_validator(mode="after")
    def _every_network_allows_what_is_asked(self) -> "TrainingParameters":
        for name in self.networks:
            own = name in self.own_networks
            adaptations = OWN_ADAPTATIONS if own else NETWORKS[name].adaptations
            for adaptation in self.adaptations:
                if adaptation not in adaptations:
                    raise ValueError(
                        f"network {name} cannot be adapted by {adaptation}; choose from "
                        f"{', '.join(adaptations)}, or leave {name} out"
                    )
            refuse_strides(name, self.output_strides, asked_by="training")
        return self

    @property
    def guided(self) -> tuple[str, ...]:
        """The guidances that need masks."""
        return tuple(name for name in self.guidances if name != GUIDANCES[0])

    def unguided(self) -> "TrainingParameters":
        """The same grid by labels alone."""
        return self.model_copy(update={"guidances": GUIDANCES[:1]})

    def start_of(self, network: str) -> str:
        """Where `network` starts; one's own, unless a file is named, where its constructor leaves it."""
        if network not in self.own_networks:
            return self.weights if isinstance(self.weights, str) else self.weights[network]
        weights = (
            self.weights if isinstance(self.weights, str) else self.weights.get(network, "none")
        )
        return "own" if weights in {"none", "imagenet"} else weights

    def learning_rate_of(self, network: str, adaptation: str) -> float:
        """Adam's step size where `network` starts and `adaptation` decides what learns."""
        starts = self.learning_rates
        rates = starts.random if self.start_of(network) == "none" else starts.trained
        rate: float = getattr(rates, adaptation)
        return rate

    def schedule_of(self, network: str, adaptation: str) -> Schedule:
        """How `network` learns when it is adapted by `adaptation`."""
        pace = self.model_dump(include=set(Pace.model_fields))
        return Schedule(learning_rate=self.learning_rate_of(network, adaptation), **pace)

    def drs_options(self, adaptation: str) -> dict[str, Any]:
        """What `build_network` is told about scaling layers; nothing where there are none."""
        if adaptation != "drs":
            return {}
        return {"drs_placement": self.drs.placement, "drs_bias": self.drs.bias}
