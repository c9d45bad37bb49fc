import pytest
from kedro.config import OmegaConfigLoader
from kedro.framework.session import KedroSession
from kedro.io.core import generate_timestamp

from sonolens import settings
from sonolens.session import SharedRunSession, check_run_id


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.delenv("KEDRO_RUN_ID", raising=False)
    for env, text in [("base", "a: {b: 1, c: 2}"), ("test", "a: {c: 3}"), ("local", "")]:
        (tmp_path / "conf" / env).mkdir(parents=True)
        for kind in ("globals", "parameters"):
            (tmp_path / "conf" / env / f"{kind}.yml").write_text(text)
    return tmp_path


def test_without_a_shared_id_kedros_own_is_kept(project):
    session = SharedRunSession(generate_timestamp(), project_path=project)

    assert check_run_id(session.session_id) == session.session_id


def test_several_processes_can_share_one_id(project, monkeypatch):
    monkeypatch.setenv("KEDRO_RUN_ID", "2026-01-02T03.04.05.678Z")

    session = SharedRunSession(generate_timestamp(), project_path=project)

    assert session.session_id == "2026-01-02T03.04.05.678Z"


@pytest.mark.parametrize(
    "run_id",
    [
        "yesterday",
        "2026-13-02T03.04.05.678Z",
        "2026-01-02T03.04.05Z",
        "2026-1-2T03.04.05.678Z",
        "..",
    ],
)
def test_an_id_that_would_not_sort_by_time_is_refused(project, monkeypatch, run_id):
    monkeypatch.setenv("KEDRO_RUN_ID", run_id)

    with pytest.raises(ValueError, match="is no run id; give a UTC time"):
        SharedRunSession(generate_timestamp(), project_path=project)


def test_the_settings_are_those_of_this_project():
    assert issubclass(settings.SESSION_CLASS, KedroSession)
    assert settings.SESSION_CLASS is SharedRunSession
    assert "kedro-telemetry" in settings.DISABLE_HOOKS_FOR_PLUGINS
    assert [type(hook).__name__ for hook in settings.HOOKS] == [
        *("AllowedNetworks", "Preflight", "Cluster", "OneWorld"),
        *("CountedLooks", "StudyChanges", "MlflowTracking", "Outcome"),
    ]


@pytest.mark.parametrize(
    ("kind", "merged"), [("parameters", {"b": 1, "c": 3}), ("globals", {"c": 3})]
)
def test_an_environment_changes_single_parameters_but_replaces_whole_globals(project, kind, merged):
    loader = OmegaConfigLoader(
        str(project / "conf"), env="test", runtime_params={}, **settings.CONFIG_LOADER_ARGS
    )

    assert loader[kind] == {"a": merged}
