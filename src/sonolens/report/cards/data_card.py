"""The data card that machines read: the tables of a study in Croissant, JSON-LD."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd
from pandas.api import types

from sonolens.report.cards.publication import PublicationParameters
from sonolens.tables.cohort import (
    MassMeasurements,
    MassMeasurementsTable,
    Scans,
    ScansTable,
    Screening,
    ScreeningTable,
    Splits,
    SplitsTable,
)
from sonolens.tables.contract import CSV_FORMAT, Table
from sonolens.tables.descriptors import Descriptors, DescriptorsTable

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
TERMS = (
    *("citeAs", "column", "extract", "field", "fileObject", "fileProperty", "fileSet", "format"),
    *("includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet"),
    *("references", "regex", "repeated", "replace", "samplingRate", "separator", "source"),
    *("subField", "transform", "equivalentProperty"),
)
"""Words of Croissant that its context shortens."""

CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{term: f"cr:{term}" for term in TERMS},
}

REQUIRED = {
    "license": "data_license",
    "url": "data_url",
    "creator": "data_creators",
    "datePublished": "data_published",
}
"""What Croissant asks for and no table tells, with the parameter of `publication` that states it."""

KEYS = {
    "scans": ("scan_id",),
    "mass_measurements": ("scan_id",),
    "splits": ("scan_id", "fold"),
    "screening": ("scan_id", "check"),
    "descriptors": ("scan_id", "descriptor", "value"),
}
"""Columns that tell the rows of a table apart."""


def write_data_card(
    run_context: Mapping[str, Any],
    study_facts: Mapping[str, Any],
    scans: ScansTable,
    *,
    mass_measurements: MassMeasurementsTable,
    splits: SplitsTable,
    screening: ScreeningTable,
    descriptors: DescriptorsTable,
    publication: PublicationParameters,
) -> dict[str, Any]:
    """Describe the tables of a study as a Croissant data set; its pictures are not part of it.

    Every table is a file of its own name beside the card, with the hash of the CSV file that the catalog holds.

    Args:
        run_context: Names the run.
        study_facts: Name and description of the study.
        publication: What is stated of the data set by `REQUIRED`; the rest is left out.

    Returns:
        JSON-LD that follows Croissant 1.0 as far as what it requires is stated.

    References:
        MLCommons, Croissant Format Specification 1.0, http://mlcommons.org/croissant/1.0
    """
    tables: dict[str, tuple[pd.DataFrame, type[Table]]] = {
        "scans": (scans, Scans),
        "mass_measurements": (mass_measurements, MassMeasurements),
        "splits": (splits, Splits),
        "screening": (screening, Screening),
    }
    if len(descriptors):
        tables["descriptors"] = (descriptors, Descriptors)
    return {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": study_facts["name"],
        "description": study_facts["description"],
        **_state(publication),
        "dateCreated": run_context["started"],
        "keywords": ["breast", "ultrasound", "benign", "malignant"],
        "distribution": [_describe_file(name, table) for name, (table, _) in tables.items()],
        "recordSet": [
            _describe_rows(name, table, contract) for name, (table, contract) in tables.items()
        ],
    }


def list_missing(data_card: Mapping[str, Any]) -> list[str]:
    """List the parameters that a data card needs to be complete."""
    return [f"publication.{name}" for term, name in REQUIRED.items() if term not in data_card]


def _state(publication: PublicationParameters) -> dict[str, Any]:
    values = {term: getattr(publication, name) for term, name in REQUIRED.items()}
    stated = {term: value for term, value in values.items() if value}
    if "creator" in stated:
        stated["creator"] = [{"@type": "sc:Person", "name": name} for name in stated["creator"]]
    return stated


def _describe_file(name: str, table: pd.DataFrame) -> dict[str, Any]:
    content = table.to_csv(**CSV_FORMAT).encode("utf-8")
    return {
        "@type": "cr:FileObject",
        "@id": f"{name}.csv",
        "name": f"{name}.csv",
        "contentUrl": f"{name}.csv",
        "contentSize": f"{len(content)} B",
        "encodingFormat": "text/csv",
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _describe_rows(name: str, table: pd.DataFrame, contract: type[Table]) -> dict[str, Any]:
    columns = contract.to_schema().columns
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": (contract.__doc__ or "").split("\n\n")[0],
        "key": [{"@id": f"{name}/{column}"} for column in KEYS[name]],
        "field": [
            _describe_column(
                name,
                str(column),
                values=table[column],
                description=getattr(columns.get(column), "description", None) or "",
            )
            for column in table
        ],
    }


def _describe_column(
    name: str, column: str, *, values: "pd.Series[Any]", description: str
) -> dict[str, Any]:
    linked = {"references": {"field": {"@id": "scans/scan_id"}}}
    return {
        "@type": "cr:Field",
        "@id": f"{name}/{quote(column)}",
        "name": column,
        **({"description": description} if description else {}),
        "dataType": _name_type(values),
        **(linked if column == "scan_id" and name != "scans" else {}),
        "source": {"fileObject": {"@id": f"{name}.csv"}, "extract": {"column": column}},
    }


def _name_type(values: "pd.Series[Any]") -> str:
    if types.is_bool_dtype(values):
        return "sc:Boolean"
    if types.is_integer_dtype(values):
        return "sc:Integer"
    return "sc:Float" if types.is_numeric_dtype(values) else "sc:Text"
