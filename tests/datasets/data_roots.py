"""Data roots in which runs have left what they leave; shared by tests of what is done among runs."""

from datetime import UTC, datetime, timedelta

from kedro.io import DataCatalog

from sonolens.datasets.versions import complete_versions, fix_versions, versioned_datasets
from sonolens.lineage import begin_run, to_document
from sonolens.prune import plan_pruning, prune

NOW = datetime(2026, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
STEPS = {
    "process": (["study"], ["scans", "masks"]),
    "train": (["scans"], ["weights"]),
    "report": (["masks", "weights"], ["report"]),
}
TEXT = "sonolens.datasets.TextDataset"


def run_id(number):
    return f"2026-01-{number:02d}T00.00.00.000Z"


def open_root(root):
    entries = {
        name: {"type": TEXT, "filepath": f"{root}/{name}.txt", "versioned": True}
        for name in ("scans", "weights")
    }
    entries |= {
        "masks": {
            "type": "sonolens.datasets.VersionedCollection",
            "path": f"{root}/masks",
            "dataset": {"type": TEXT},
            "filename_suffix": ".txt",
        },
        "report": {
            "type": "sonolens.datasets.ReportDataset",
            "filepath": f"{root}/report.html",
            "versioned": True,
        },
        "run_record": {
            "type": "sonolens.datasets.RunRecordDataset",
            "filepath": f"{root}/run_record.json",
            "versioned": True,
        },
        "looks": {
            "type": "sonolens.datasets.JsonDataset",
            "filepath": f"{root}/looks.json",
            "versioned": True,
        },
        "checkpoints": {
            "type": "sonolens.datasets.CheckpointFolderDataset",
            "path": f"{root}/checkpoints",
        },
    }
    return DataCatalog.from_config(entries)


class Root:
    """A data root in which runs of the project's own datasets have left what they leave."""

    def __init__(self, place):
        self.place, self.records = place, {}

    @property
    def catalog(self):
        return open_root(self.place)

    def run(
        self, number, *names, based_on=None, mixed=None, started=None, status="complete", **session
    ):
        version, catalog = run_id(number), self.catalog
        steps = [STEPS[name] for name in names]
        made = [name for _, written in steps for name in written]
        before = self.records.get(based_on)
        read = {n for taken, _ in steps for n in taken} - {*made, "study"}
        inputs = mixed or {name: before.version_of(name) for name in read}
        record = begin_run(version, steps=steps, outputs=made, inputs=inputs, based_on=before)
        self.records[number] = record
        datasets = versioned_datasets(catalog, set(catalog.keys()))
        for name in made:
            fix_versions(datasets[name], load=version, save=version)
            alike = {"a": "same in every run", "b": version}
            datasets[name].save(alike if name == "masks" else f"{name} of {version}")
        told = {
            "run_id": version,
            "session": "1",
            "status": status,
            "started": (started or NOW - 20 * DAY).isoformat(),
            **session,
            **to_document(record),
        }
        catalog["run_record"].replace_version(version, {"run_id": version, "sessions": [told]})

    def plan(self, keep=1, **options):
        told = {"partial": False, "young": DAY, "now": NOW, **options}
        return plan_pruning(self.catalog, keep=keep, **told)

    def prune(self, keep=1, **options):
        plan = self.plan(keep, **options)
        prune(self.catalog, plan, young=options.get("young", DAY))
        return plan

    def versions(self):
        catalog = self.catalog
        found = versioned_datasets(catalog, set(catalog.keys()))
        return {
            name: [int(version[8:10]) for version in complete_versions(dataset)]
            for name, dataset in found.items()
            if name != "looks"
        }
