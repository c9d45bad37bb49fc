"""Networks of a user's own: what the configuration names is allowed, and looked at before hours of work."""

from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

TRAINING, EXPLANATION = "params:training", "params:explanation"


class AllowedNetworks:
    """Allows what `training.own_networks` names, so that every node, a notebook and a file that travels may build it.

    Code of a user's is imported for no other reason than that the configuration names it, and only once a network is
    asked for. Without such names nothing is done, and torch is not imported.
    """

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Learn the names.

        Raises:
            ValueError: A name or a source cannot be.
        """
        parameters = context.config_loader["parameters"]
        own = parameters.get("training", {}).get("own_networks")
        if own:
            from sonolens.models import allow_own_networks  # noqa: PLC0415 - torch takes seconds to import

            allow_own_networks(own, size_px=int(parameters["framing"]["size_px"]))

    @hook_impl(tryfirst=True)
    def before_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Build and check what will be fitted, and refuse methods that will not fit it.

        Raises:
            ValueError: A trunk is not what it must be, or has no maps for a method that works on them.
        """
        if TRAINING not in pipeline.inputs():
            return
        training = catalog[TRAINING].load()
        named = [name for name in training.networks if name in training.own_networks]
        methods = catalog[EXPLANATION].load().methods if EXPLANATION in pipeline.inputs() else ()
        for name in named:
            from sonolens.models import find_own_network  # noqa: PLC0415 - see above
            from sonolens.saliency import check_fit  # noqa: PLC0415 - see above

            check_fit(methods, network=name, has_maps=not find_own_network(name).facts.pooled)
