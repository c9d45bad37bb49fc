"""Which commands of the pages are run, one after another as a reader would, and why the others are not."""

WALKS = {
    "the tutorial, then runs side by side": [
        "kedro run --params label=baseline",
        "kedro run --namespaces=regions,selection,pointing --params regions.ring.outer_mm=3",
        "kedro run --params 'label=wide ring,regions.ring.outer_mm=8'",
        "kedro run --pipelines compare --params 'compare.runs=2026-11-22T20.36.00.000Z wide_ring'",
        "kedro run --params training.epochs=3",
        "kedro run --pipelines compare --params 'compare.runs=baseline latest'",
        "kedro run --pipelines compare --params 'compare.runs=baseline wide_ring'",
        "kedro run --pipelines compare --params 'compare.runs=baseline latest 2026-11-22T20.36.00.000Z'",
        "kedro run --pipelines index",
        "sonolens archive baseline --out study.zip",
        "sonolens reproduce study.zip --dry-run",
        "sonolens reproduce study.zip",
        "kedro run --pipelines compare --params 'compare.runs=latest latest@../other/data'",
        "sonolens verify",
        "sonolens verify --run 2026-11-22T20.36.00.000Z",
        "sonolens prune --keep 3",
        "sonolens prune --keep 3 --data-root s3://bucket/prefix",
        "sonolens prune --keep 3 --yes",
        "sonolens prune --keep 3 --partial --yes",
    ],
    "scans of one's own": [
        "kedro run --env custom --params 'study.path=/path/My scans/manifest.csv,regions.ring.mode=relative'",
        "sonolens archive latest --out study.zip",
        "sonolens reproduce study.zip --study-path path/to/scans",
    ],
    "published scans": ["kedro run --env busbra --params study.path=path/to/BUSBRA"],
    "around the code": [
        "kedro catalog describe-datasets",
        "kedro viz run",
        "git log -p --grep 'Score repeatability'",
    ],
    "a run in pieces, then its stations": [
        "kedro run --pipelines data_processing",
        "kedro run --pipelines training",
        "kedro run --pipelines explainability",
        "kedro run --namespaces=pointing",
        "kedro run --nodes=pointing.score_pointing_game",
        "kedro run --pipelines reporting --load-versions='pointing_game:<version>'",
        "kedro run --namespaces=network_checks --params faithfulness.fill=blurred",
        "kedro run --namespaces=reliance --params 'reliance.scans=null,reliance.fills=mean blurred donor tissue "
        "shuffled,reliance.nulls=moved exchanged randomised'",
        "kedro run --pipelines mask_uncertainty",
        "kedro run --pipelines chosen_region",
        "kedro run --pipelines explainability,chosen_region --params reliance.scans=null",
        "kedro run --pipelines region_views",
        "kedro run --pipelines region_views --namespaces=view_matrix",
        "kedro run --pipelines region_views --params 'region_views.views=whole without_below below_alone'",
        "kedro run --namespaces=maps,selection,pointing --params 'explanation.methods=cam cameras'",
        "kedro run --pipelines explainability,reporting --params 'explanation.methods=cam grad_cam_pp occlusion "
        "random'",
        "kedro run --pipelines explainability,reporting --params 'explanation.methods=cam "
        "cameras,explanation.cameras.largest_px=524'",
        "kedro run --namespaces=pointing,evidence,experiments,tables,figures,page --params evaluation.tolerance_mm=1",
    ],
    "grids": [
        "kedro run --params 'training.output_strides=own 16 8'",
        "kedro run --params framing.annotations=both",
        "kedro run --params 'training.guidances=none regions'",
        "kedro run --pipelines reversed_shortcut",
        "kedro run --pipelines reversed_shortcut --params 'reversed_shortcut.seeds=0 1 2,training.output_strides=16'",
        "KEDRO_RUN_ID=... kedro run --pipelines training --params training.seeds=$k",
        "kedro run --pipelines training,explainability,reporting --params 'training.seeds=0 1 2 3'",
    ],
    "files of a scanner": [
        "python -c 'import secrets; print(secrets.token_hex(32))' > conf/local/patients.key",
        "kedro run --env dicom --params study.path=/path/to/folder",
    ],
    "networks that travel": [
        "kedro run --pipelines export",
        "kedro run --pipelines export --params publication.model_license=mit",
        "sonolens explain scan.png --network network.safetensors",
        "sonolens explain scan.png --network network.safetensors --spacing-mm 0.08 0.08",
        "sonolens explain scan.dcm --network network.safetensors --mask mass.png --out case",
        "sonolens explain scans --network network.safetensors --mask masks --pages",
        "sonolens explain scan.png --network network.safetensors --method grad_cam",
        "kedro run --env inference --pipelines inference --params 'new.scans=path/to/new_scans,"
        "external.networks=network.safetensors'",
        "kedro run --env custom --pipelines external_validation,reporting --params 'study.path=path/to/manifest.csv,"
        "external.networks=path/to/folder,data_root=data/elsewhere'",
    ],
    "planted evidence": [
        "kedro run --pipelines planted_evidence",
        "kedro run --pipelines planted_evidence --namespaces=planted_evidence",
        "kedro run --pipelines planted_evidence --params 'planted_evidence.cues=foci_mass "
        "foci_below,planted_evidence.networks=local'",
        "kedro run --pipelines planted_evidence --params planted_evidence.canvas=study",
        "kedro run --pipelines planted_evidence --namespaces=detection_power",
    ],
}
"""A walk has one folder, in which its commands run in this order. Two cores take one half of the walks each."""

COVERED = {
    "kedro run": "kedro run --params label=baseline",
    "kedro run --env test": "kedro run --params label=baseline",
    "kedro run --env test --pipelines planted_evidence": "kedro run --pipelines planted_evidence",
    "kedro run --pipelines explainability,reporting": (
        "kedro run --pipelines explainability,reporting --params 'explanation.methods=cam grad_cam_pp occlusion "
        "random'"
    ),
    "kedro run --pipelines reporting": "kedro run --pipelines reporting --load-versions='pointing_game:<version>'",
    "kedro run --env custom --pipelines data_processing --params study.path=/path/to/manifest.csv": (
        "kedro run --env custom --params 'study.path=/path/My scans/manifest.csv,regions.ring.mode=relative'"
    ),
    "kedro run --params 'explanation.methods=cam cameras'": (
        "kedro run --pipelines explainability,reporting --params 'explanation.methods=cam "
        "cameras,explanation.cameras.largest_px=524'"
    ),
    "kedro run --namespaces=maps,selection,pointing --params 'explanation.methods=cam grad_cam_pp occlusion random'": (
        "kedro run --pipelines explainability,reporting --params 'explanation.methods=cam grad_cam_pp occlusion "
        "random'"
    ),
    "kedro run --namespaces=pointing --params evaluation.tolerance_mm=1": (
        "kedro run --namespaces=pointing,evidence,experiments,tables,figures,page --params evaluation.tolerance_mm=1"
    ),
    "kedro run --params 'training.seeds=0 1'": (
        "kedro run --pipelines training,explainability,reporting --params 'training.seeds=0 1 2 3'"
    ),
    "kedro run --env custom --params study.path=/path/to/manifest.csv": (
        "kedro run --env custom --params 'study.path=/path/My scans/manifest.csv,regions.ring.mode=relative'"
    ),
    "kedro run --env custom": (
        "kedro run --env custom --params 'study.path=/path/My scans/manifest.csv,regions.ring.mode=relative'"
    ),
    "kedro run --env busbra": "kedro run --env busbra --params study.path=path/to/BUSBRA",
    "kedro run --env dicom": "kedro run --env dicom --params study.path=/path/to/folder",
}
"""Command -> one of a walk that runs all nodes whose settings it changes, and more, with those settings."""

CI = "part of .ci/run"
NIGHTLY = "part of .ci/nightly; a sample of it is in the suite"
INSTALLS = "installs packages; .ci/run does so by `make setup`"
DOCKER = "needs Docker; what runs in the image is run without it"
QUEUE = "needs a queue of jobs; the commands that are queued are run"
PUBLISHED = "needs scans as published; tests/studies reads small ones"
READERS = "needs what readers saw; tests/pipelines/test_readers.py has some"
MLFLOW = "needs a server of MLflow; tests/test_tracking.py sends a run to a folder"
DICOM_EXTRA = "needs an extra; tests/explain/test_dicom_objects.py writes and reads objects where it is installed"
OWN_CODE = "needs a module of a user's own; tests/models/networks and tests/travel make some"
CLUSTERED = "tests/pipelines/test_cluster_run.py has a run on a cluster"
SHELL = "speaks to the shell alone"

NOT_RUN = {
    "make run": CI,
    "make test": CI,
    "make check": CI,
    "make docs": CI,
    "make viz-build": CI,
    "make setup": "done first by every other `make`",
    "make test-docs": CI,
    "make fuzz": NIGHTLY,
    "make kills": NIGHTLY,
    "make coverage": "part of .ci/nightly; runs the whole suite",
    "make mutants": "takes hours and installs what it needs; tests/test_ci.py looks at what it is told",
    "make setup 'CPU=$INDEX'": "needs the address of an index",
    "make setup LOCKED=0": INSTALLS,
    "make archive RUN=baseline OUT=study.zip": "installs first, then is `sonolens archive`",
    "pytest": "is `make test`",
    "sonolens explain scan.dcm --network network.safetensors --mask mass.png --dicom": DICOM_EXTRA,
    "sonolens explain scan.png --network mine.safetensors --trunk my_package.my_module:build_trunk": OWN_CODE,
    "python -m pytest -q tests/evaluation/pointing/test_extremes.py": "part of `make test`",
    "python -m pytest -q tests/evaluation/evidence tests/figures/evidence tests/report tests/test_architecture.py": (
        "part of `make test`"
    ),
    "python3 -m venv .venv": INSTALLS,
    "python -m pip install --no-deps -i '$INDEX' --constraint constraints.txt torch torchvision": INSTALLS,
    "python -m pip install --constraint constraints.txt --editable '.[dev,docs]'": INSTALLS,
    "pip install 'sonolens[mlflow]'": INSTALLS,
    "pip install 'sonolens[cluster]'": INSTALLS,
    "dask scheduler --scheduler-file scheduler.json '&'": CLUSTERED,
    "dask worker --scheduler-file scheduler.json --nthreads 1 --resources GPU=1": CLUSTERED,
    "srun --ntasks=8 dask worker --scheduler-file scheduler.json --nthreads 1 '&'": CLUSTERED,
    "kedro run --params cluster.workers=4": CLUSTERED,
    "kedro run --params cluster.scheduler=tcp://host:8786": CLUSTERED,
    "kedro run --only-missing-outputs --params cluster.scheduler=scheduler.json": CLUSTERED,
    "pip install mlflow": INSTALLS,
    "source .venv/bin/activate": SHELL,
    "export DO_NOT_TRACK=1": SHELL,
    "export 'KEDRO_RUN_ID=$(date' -u '+%Y-%m-%dT%H.%M.%S.000Z)'": (
        "speaks to the shell alone; tests/pipelines/test_worlds.py has runs that share an id"
    ),
    "export KEDRO_RUN_ID=2026-11-22T20.36.00.000Z": SHELL,
    "kedro run --only-missing-outputs": "goes on with a run that was killed; tests/test_hooks.py kills some",
    "cd sonolens": "needs the address of a repository",
    "docker build --build-arg 'INDEX=$INDEX' --tag sonolens .": DOCKER,
    "docker run --rm --volume '$PWD/data:/home/sonolens/data' sonolens": DOCKER,
    "docker run --rm --volume '$PWD/data:/home/sonolens/data' sonolens --env busbra --params "
    "study.path=data/01_raw/BUSBRA": DOCKER,
    "python3 -m http.server --directory build": "a server of Python's own",
    "mlflow server --port 5000": MLFLOW,
    "kedro run --env busbra --params tracking_uri=http://localhost:5000": MLFLOW,
    "kedro run --env busbra --params study.path=path/to/BUSBRA,training.weights=imagenet,training.networks=resnet50,"
    "training.adaptations=drs": "downloads weights of ImageNet",
    "sonolens reading-task path/to/scans --out reading-task": "tests/test_reading_console.py does, and reads it back",
    "sonolens reading-task --read answers.json --key reading-task/key.json --out readings.csv": (
        "needs a reader's answers; tests/browser/test_reading_task.py gives some"
    ),
    "kedro run --env custom --params study.path=/path/to/manifest.csv,study.readings=/path/to/readings.csv": READERS,
    "kedro run --params 'training.networks=resnet18 resnet50,training.seeds=0 1 2'": (
        "fits six large networks; tests/pipelines/test_grid_of_runs.py has a grid of small ones"
    ),
    "kedro run --env breast": PUBLISHED,
    "kedro run --env busbra --pipelines planted_evidence --params planted_evidence.canvas=study": PUBLISHED,
    "kedro run --pipelines planted_evidence --params 'planted_evidence.canvas=study,planted_evidence.study_canvas.plants="
    "foci_mass foci_below shadow halo calliper,planted_evidence.study_canvas.masses=600,planted_evidence.study_canvas.shares="
    "0 0.1 0.25 0.5 0.75 1,planted_evidence.study_canvas.strengths=0.25 0.5 0.75,planted_evidence.seeds=0 1 2 3 4,"
    "reliance.nulls=moved randomised'": "takes a night; the small version is run",
    "kedro run --pipelines planted_evidence --params 'planted_evidence.canvas=study,planted_evidence.study_canvas.plants="
    "disc_2mm disc_8mm,planted_evidence.study_canvas.shares=0 1,planted_evidence.study_canvas.strengths=1,"
    "planted_evidence.study_canvas.networks=resnet18,planted_evidence.output_strides=own 16,reliance.scans=6'": (
        "fits a ResNet-18 eight times; tests/pipelines/test_planted_tissue.py has a small one with a disc"
    ),
    "kedro run --env breast --pipelines external_validation --params study.path=path/to/BrEaST,"
    "external.networks=resnet18-full-seed0-fold0.safetensors,data_root=data/elsewhere": PUBLISHED,
    "kedro run --env busi": PUBLISHED,
    "kedro run --env bus_uclm": PUBLISHED,
    "kedro run --env oasbud": PUBLISHED,
    "kedro run --env udiat": PUBLISHED,
    "kedro run --pipelines transfer --params 'compare.runs=latest@data/elsewhere latest@data/breast'": (
        "needs networks on two studies; tests/pipelines/test_transfer.py reads made-up ones"
    ),
}
"""Command -> why it is not run."""
