"""The software in prose: versions of code and packages."""

from collections.abc import Iterator

from sonolens.report.methods_text.settings import RunSettings, clause, listed, sentence
from sonolens.report.section import Tables


def tell_software(settings: RunSettings, _: Tables) -> Iterator[str]:
    """Tell code, packages and machine, as this run has them."""
    context = settings.run_context
    packages = dict(context["packages"])
    own = packages.pop("sonolens", "")
    git = context["git"]
    earlier = sorted(set(context["inputs"].values()))
    yield (
        sentence(
            "{what} in sonolens{own}{commit} on Python {python} ({platform}) with {packages}.",
            what="The report was made" if earlier else "Everything was run",
            own=f" {own}" if own else " ",
            commit=clause(
                git["commit"],
                f" (commit {git['commit'][:8]}{clause(git['dirty'], ', with changes')})",
            )
            or " ",
            python=context["python"],
            platform=context["platform"],
            packages=listed(
                (f"{name} {version}" for name, version in packages.items()), most=len(packages)
            ),
        )
        .replace("  ", " ")
        .replace("  ", " ")
    )
    yield sentence(
        "Inputs were made by {runs}; the report by run {run}.",
        runs=listed(f"run {version}" for version in earlier) if earlier else None,
        run=context["run_id"],
    )
