"""The REST protocol over plain HTTP."""

import base64
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import redis
from starlette.applications import Starlette
from starlette.routing import Mount

from devstack.upstash import create_app
from tests.fixtures.serving import served
from tests.fixtures.upstash_bridge import AS_FUNCTIONS, FUNCTIONS_TOKEN, Bridge

AS_BASE64 = {"Upstash-Encoding": "base64"}


def test_a_command_in_the_body(http: httpx.Client) -> None:
    assert http.post("/", json=["SET", "key", "value", "EX", 100]).json() == {"result": "OK"}
    assert http.post("/", json=["GET", "key"]).json() == {"result": "value"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_command_in_the_path(http: httpx.Client, method: str) -> None:
    assert http.request(method, "/set/key/value").json() == {"result": "OK"}
    assert http.get("/get/key").json() == {"result": "value"}


def test_a_binary_value_in_the_body_and_options_in_the_query(http: httpx.Client, database: redis.Redis) -> None:
    assert http.post("/set/key?EX=100", content=b"\x00\xff/").json() == {"result": "OK"}
    assert database.get("key") == b"\x00\xff/"
    assert 0 < database.ttl("key") <= 100


def test_a_key_with_slashes_and_spaces(http: httpx.Client, database: redis.Redis) -> None:
    http.post("/set/a%2Fb%20c", content=b"1")
    assert database.get("a/b c") == b"1"


def test_the_bridge_works_below_a_path(bridge: Bridge, database: redis.Redis) -> None:
    """As a gateway mounts it."""
    app = create_app(port=bridge.valkey.port, users={FUNCTIONS_TOKEN: "functions"})
    outer = Starlette(routes=[Mount("/redis", app)], lifespan=lambda _: app.router.lifespan_context(app))
    with served(outer) as url:
        answer = httpx.post(f"{url}/redis/set/a%2Fb/1", headers=AS_FUNCTIONS)
    assert answer.json() == {"result": "OK"}
    assert database.get("a/b") == b"1"


def test_null_numbers_and_nested_arrays(http: httpx.Client) -> None:
    script = "return {1, {'a', false}, {}}"
    assert http.post("/", json=["EVAL", script, 0]).json() == {"result": [1, ["a", None], []]}


def test_a_hash_comes_flat_as_redis_sends_it(http: httpx.Client) -> None:
    http.post("/", json=["HSET", "h", "a", 1, "b", 2])
    assert http.get("/hgetall/h").json() == {"result": ["a", "1", "b", "2"]}


def test_base64_carries_binary_values(http: httpx.Client) -> None:
    value = bytes(range(256))
    http.post("/set/key", content=value)
    answer = http.get("/get/key", headers=AS_BASE64).json()
    assert base64.b64decode(answer["result"]) == value


def test_a_failed_command_is_400_with_its_whole_text(http: httpx.Client) -> None:
    answer = http.post("/", json=["SET", "key"])
    assert answer.status_code == 400
    assert answer.json() == {"error": "ERR wrong number of arguments for 'set' command"}


def test_the_wrong_type_is_400(http: httpx.Client) -> None:
    http.get("/set/key/value")
    answer = http.get("/lpush/key/element")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("WRONGTYPE ")


@pytest.mark.parametrize("path", ["/blpop/key/0", "/subscribe/channel", "/monitor"])
def test_blocking_and_subscribing_are_400(http: httpx.Client, path: str) -> None:
    answer = http.get(path)
    assert answer.status_code == 400
    assert "is not allowed in REST" in answer.json()["error"]


def test_a_body_that_is_no_command_is_400(http: httpx.Client) -> None:
    answer = http.post("/", content=b"SET key value")
    assert answer.status_code == 400
    assert answer.json() == {"error": "ERR failed to parse command"}


def test_other_methods_are_405(http: httpx.Client) -> None:
    answer = http.delete("/get/key")
    assert answer.status_code == 405
    assert "error" in answer.json()


def test_a_pipeline_answers_every_command_in_order(http: httpx.Client) -> None:
    commands = [["SET", "key", "value"], ["LPUSH", "key", "x"], ["SUBSCRIBE", "x"], [], ["GET", "key"]]
    answer = http.post("/pipeline", json=commands)
    assert answer.status_code == 200
    assert [next(iter(item)) for item in answer.json()] == ["result", "error", "error", "error", "result"]
    assert answer.json()[4] == {"result": "value"}


def test_a_pipeline_in_base64(http: httpx.Client) -> None:
    answer = http.post(
        "/pipeline", json=[["SET", "k", "ü"], ["GET", "k"], ["LPUSH", "k", "x"]], headers=AS_BASE64
    ).json()
    assert answer[:2] == [{"result": "OK"}, {"result": base64.b64encode("ü".encode()).decode()}]
    assert answer[2]["error"].startswith("WRONGTYPE ")


def test_a_transaction_answers_every_command(http: httpx.Client) -> None:
    answer = http.post("/multi-exec", json=[["SET", "key", "1"], ["INCR", "key"], ["LPUSH", "key", "x"]])
    assert answer.status_code == 200
    assert answer.json()[:2] == [{"result": "OK"}, {"result": 2}]
    assert answer.json()[2]["error"].startswith("WRONGTYPE ")


def test_a_transaction_with_a_broken_command_runs_nothing(http: httpx.Client, database: redis.Redis) -> None:
    answer = http.post("/multi-exec", json=[["SET", "key", "value"], ["LPUSH", "key"]])
    assert answer.status_code == 400
    assert answer.json() == {"error": "EXECABORT Transaction discarded because of previous errors."}
    assert database.exists("key") == 0


def test_a_transaction_with_a_refused_command_runs_nothing(http: httpx.Client, database: redis.Redis) -> None:
    answer = http.post("/multi-exec", json=[["SET", "key", "value"], ["WATCH", "key"]])
    assert answer.status_code == 400
    assert "WATCH" in answer.json()["error"]
    assert database.exists("key") == 0


def test_a_transaction_is_never_seen_half_done(http: httpx.Client) -> None:
    def swap(number: int) -> None:
        commands = [["DEL", "list"], ["LPUSH", "list", f"{number}a"], ["LPUSH", "list", f"{number}b"]]
        assert http.post("/multi-exec", json=commands).status_code == 200

    def look(_: int) -> list[str]:
        read: list[str] = http.get("/lrange/list/0/-1").json()["result"]
        return read

    swap(0)
    with ThreadPoolExecutor(4) as threads:
        swaps = threads.map(swap, range(40))
        seen = list(threads.map(look, range(80)))
        list(swaps)
    assert all(len(read) == 2 and read[0][:-1] == read[1][:-1] for read in seen)


def test_the_token_may_come_in_the_query(anonymous: httpx.Client) -> None:
    answer = anonymous.get("/ping", params={"_token": FUNCTIONS_TOKEN})
    assert answer.json() == {"result": "PONG"}


@pytest.mark.parametrize(
    "header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {FUNCTIONS_TOKEN}"}]
)
@pytest.mark.parametrize("path", ["/", "/pipeline", "/multi-exec", "/get/key"])
def test_without_a_known_token_everything_is_401(anonymous: httpx.Client, header: dict[str, str], path: str) -> None:
    answer = anonymous.post(path, headers=header, content=b"no JSON")
    assert answer.status_code == 401
    assert answer.json() == {"error": "WRONGPASS invalid or missing auth token"}


@pytest.mark.parametrize("path", ["/pipeline", "/multi-exec"])
def test_the_worker_gains_nothing_from_a_batch(worker_http: httpx.Client, database: redis.Redis, path: str) -> None:
    database.lpush("sdxl_queue", "element")
    answer = worker_http.post(path, json=[["DEL", "sdxl_queue"], ["GET", "key"]])
    assert "NOPERM" in answer.text
    assert "result" not in answer.text
    assert database.llen("sdxl_queue") == 1


def test_a_transaction_the_worker_may_not_begin_takes_nothing(worker_http: httpx.Client, database: redis.Redis) -> None:
    database.lpush("sdxl_queue", "element")
    commands = [["LMPOP", 1, "sdxl_queue", "RIGHT"]]
    answer = worker_http.post("/multi-exec", json=commands)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("NOPERM ")
    assert database.llen("sdxl_queue") == 1


def test_without_valkey_the_answer_is_503(mortal_bridge: Bridge) -> None:
    mortal_bridge.stop_valkey()
    for path, body in [("/", ["PING"]), ("/pipeline", [["PING"]]), ("/multi-exec", [["PING"]])]:
        answer = httpx.post(mortal_bridge.url + path, headers=AS_FUNCTIONS, json=body)
        assert answer.status_code == 503
        assert "error" in answer.json()


def test_the_bridge_survives_a_restart_of_valkey(mortal_bridge: Bridge) -> None:
    with httpx.Client(base_url=mortal_bridge.url, headers=AS_FUNCTIONS) as client:
        assert client.get("/set/key/1").status_code == 200
        mortal_bridge.stop_valkey()
        assert client.get("/get/key").status_code == 503
        mortal_bridge.start_valkey()
        assert client.get("/get/key").json() == {"result": None}


def test_many_at_once_get_their_own_answers(http: httpx.Client) -> None:
    def echo(number: int) -> bool:
        return http.post("/", json=["ECHO", number]).json() == {"result": str(number)}

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(echo, range(200)))
