"""What a leaked worker would give away (P7): no database, no Supabase key, a Redis user that can only pop."""

import httpx
import psutil
import pytest

from tests.fixtures.live import Live


def test_the_running_worker_s_environment_holds_no_supabase_key(live: Live) -> None:
    """S8, P7: a leaked pod is no leaked database."""
    environment = live.process("gpu_handler.pull").environ()
    keys = live.project.keys
    forbidden = {
        keys.jwt_secret,
        keys.publishable_key,
        keys.secret_key,
        keys.anon_key,
        keys.service_role_key,
        live.project.secrets.functions_redis_token,
        live.project.secrets.job_token_secret,
    }
    text = "\n".join(environment.values())
    assert not [secret for secret in forbidden if secret in text]
    assert "postgresql://" not in text
    assert not [name for name in environment if name.startswith("SUPABASE_")]


def test_it_listens_on_no_port(live: Live) -> None:
    """S7: the WAN worker showed its environment to whoever opened its web page."""
    worker = live.process("gpu_handler.pull")
    assert [one for one in worker.net_connections() if one.status == psutil.CONN_LISTEN] == []


def test_its_redis_token_pops_a_queue(live: Live) -> None:
    answer = _redis(live, "LMPOP", 1, "wan_queue", "RIGHT")
    assert answer.status_code == 200
    assert answer.json() == {"result": None}


@pytest.mark.parametrize(
    "command",
    [
        ["LPUSH", "sdxl_queue", "{}"],
        ["LRANGE", "sdxl_queue", 0, -1],
        ["LLEN", "sdxl_queue"],
        ["DEL", "sdxl_queue"],
        ["GET", "anything"],
        ["SET", "anything", "1"],
        ["KEYS", "*"],
        ["FLUSHALL"],
        ["CONFIG", "GET", "*"],
        ["ACL", "LIST"],
        ["EVAL", "return 1", 0],
        ["LMPOP", 1, "another_list", "RIGHT"],
    ],
    ids=lambda command: " ".join(map(str, command[:2])),
)
def test_its_redis_token_can_do_nothing_else(live: Live, command: list[str | int]) -> None:
    """S8, P7"""
    answer = _redis(live, *command)
    assert answer.status_code == 400
    assert "NOPERM" in answer.json()["error"]


def _redis(live: Live, *command: str | int) -> httpx.Response:
    headers = {"Authorization": f"Bearer {live.project.secrets.worker_redis_token}"}
    return httpx.post(live.project.upstash_url, json=list(command), headers=headers)
