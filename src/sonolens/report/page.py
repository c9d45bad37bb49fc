"""One self-contained HTML page that says what a run found, how, and how far it can be trusted."""

from collections.abc import Collection, Mapping
from typing import Any

from sonolens.report.file_links import link_files
from sonolens.report.layout import carry_numbers, keep_together, open_templates
from sonolens.report.pictures import Picture, embed
from sonolens.report.scripts import read_browser, write_policy
from sonolens.report.section import Section
from sonolens.report.sections import ANSWER, CHAPTERS, INPUTS, WRITTEN
from sonolens.report.terms import link_terms
from sonolens.tables.filled_in import name_units


def write_report(run_context: Mapping[str, Any], **tables_and_figures: Any) -> str:
    """Put question, answer, tables, figures and provenance on one page.

    The same inputs give the same text, byte for byte. The page needs no other file and no network: styles, figures
    and the one script, the case browser, are inside it, and its policy lets nothing else run and nothing be
    fetched. Without the script all but the browsing of cases is there. What many runs tell one by one is folded away; a row per
    configuration stays in sight.

    Args:
        run_context: What the run says of itself: the keys `provenance.RUN_FACTS`, and `files` where it is known where
            they lie.
        tables_and_figures: The other datasets of `sections.INPUTS`, exactly these: tables under their
            contracts, and each figure as the bytes of a PNG file.

    Returns:
        An HTML document.

    Raises:
        ValueError: If a dataset is missing or unknown, a figure is no PNG, or a fact of the run is missing.
    """
    given = {"run_context": run_context, **tables_and_figures}
    _check_names(given)
    sections = {section.anchor: write_section(section, given) for section in WRITTEN}
    written = link_files(link_terms(sections), run_context.get("files", {}))
    page = open_templates().get_template("page.html")
    script = read_browser()
    return page.render(
        run=run_context,
        written=written,
        told={anchor for anchor, text in written.items() if text.strip()},
        answer=ANSWER,
        chapters=CHAPTERS,
        script=script,
        policy=write_policy(script),
    )


def write_section(section: Section, given: Mapping[str, Any]) -> str:
    """Fill in the template of one section; of what is `given` it sees only what it declares.

    Every template also knows its `pictures` and `units`: what intervals are taken over.
    """
    units = name_units(given["scans"])
    told = section.tell({name: given[name] for name in section.needs})
    pictures = {
        caption.name: embed(caption, given[caption.name], units=units)
        if not caption.drawn_from or len(given[caption.drawn_from])
        else Picture(caption, "")
        for caption in section.figures
    }
    template = open_templates(marking=True).get_template(section.template)
    return keep_together(carry_numbers(template.render(pictures=pictures, units=units, **told)))


def _check_names(given: Collection[str]) -> None:
    missing = [name for name in INPUTS if name not in given]
    unknown = [name for name in given if name not in INPUTS]
    if missing or unknown:
        raise ValueError(
            f"the report shows {', '.join(INPUTS)}, but of these {', '.join(missing) or 'none'} "
            f"is missing, and {', '.join(unknown) or 'none'} was given besides; pass exactly these"
        )
