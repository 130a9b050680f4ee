"""The app by itself, without a database behind it."""

import json

from starlette.testclient import TestClient

from devstack.keys import Keys
from devstack.ports import free_ports
from devstack.realtime import create_app

KEYS = Keys.generate()


def test_while_the_database_is_down_a_join_is_refused_so_that_clients_try_again() -> None:
    (port,) = free_ports(1)
    app = create_app(database_url=f"postgresql://supabase_admin:x@127.0.0.1:{port}/postgres", keys=KEYS)
    entry = {"event": "*", "schema": "public", "table": "jobs"}
    with (
        TestClient(app) as client,
        client.websocket_connect(f"/websocket?apikey={KEYS.anon_key}&vsn=2.0.0") as socket,
    ):
        socket.send_text(json.dumps(["1", "1", "realtime:test", "phx_join", {"config": {"postgres_changes": [entry]}}]))
        reply = json.loads(socket.receive_text())
        assert reply[4] == {
            "status": "error",
            "response": {"reason": "UnableToConnectToProject: Realtime was unable to connect to the project database"},
        }
        socket.send_text(json.dumps([None, "2", "phoenix", "heartbeat", {}]))
        assert json.loads(socket.receive_text())[4]["status"] == "ok"
