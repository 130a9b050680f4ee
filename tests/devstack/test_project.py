"""``devstack/project.py``: a project is written down once and found again."""

from pathlib import Path

import pytest

from devstack.project import Ports, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path, Ports.following(20000))


def test_a_project_is_found_again_as_it_was(project: Project) -> None:
    assert Project.load(project.folder) == project


def test_other_ports_leave_keys_and_secrets_alone(project: Project) -> None:
    moved = Project.create(project.folder, Ports.following(30000))
    assert moved.ports != project.ports
    assert (moved.keys, moved.secrets) == (project.keys, project.secrets)


def test_the_env_file_names_everything_a_client_or_worker_needs(project: Project) -> None:
    assert set(project.public_env()) >= {
        "SUPABASE_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "SUPABASE_SECRET_KEY",
        "SUPABASE_ANON_KEY",
        "SUPABASE_SERVICE_ROLE_KEY",
        "SUPABASE_DB_URL",
        "UPSTASH_REDIS_REST_URL",
        "UPSTASH_REDIS_REST_TOKEN",
        "WORKER_REDIS_REST_TOKEN",
        "DEMO_EMAIL",
        "DEMO_PASSWORD",
        "ADMIN_EMAIL",
        "ADMIN_PASSWORD",
    }


def test_every_port_is_another(project: Project) -> None:
    assert len(set(project.ports.all())) == len(project.ports.all())


def test_a_worker_s_environment_names_no_supabase_variable(project: Project) -> None:
    assert not [name for name in project.worker_env() if name.startswith("SUPABASE")]


def test_the_worker_gets_the_token_that_can_only_pop(project: Project) -> None:
    assert project.worker_env()["UPSTASH_REDIS_REST_TOKEN"] == project.secrets.worker_redis_token
    assert project.functions_env()["UPSTASH_REDIS_REST_TOKEN"] == project.secrets.functions_redis_token


def test_the_parts_inherit_no_secret_of_the_shell(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the shell's")
    for env in (project.worker_env(), project.functions_env(), project.python_env()):
        assert "AWS_SECRET_ACCESS_KEY" not in env


def test_the_postgres_folder_can_be_elsewhere(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEVSTACK_POSTGRES_DIR", "/elsewhere")
    assert project.cluster.folder == Path("/elsewhere")
