"""The TypeScript types of this database and of this API, as a client uses them."""

from pathlib import Path

import pytest

from devstack import node, types
from devstack.project import Project

CLIENT = """
import { createClient } from "@supabase/supabase-js"
import type { operations } from "./api"
import type { Database } from "./database"

type Body = operations["post_queue_job"]["requestBody"]["content"]["application/json"]
const body: Body = { job_type: "sdxl_image_fast", prompt: "a red circle" }

const client = createClient<Database>("http://localhost", "key")
export const titles = async (): Promise<(string | null)[]> => {
  const { data } = await client.from("user_library").select("custom_title")
  return (data ?? []).map((row) => row.custom_title)
}
export const submit = () => client.functions.invoke("queue-job", { body })
"""


def test_a_client_compiles_against_both_and_a_wrong_one_does_not(project: Project, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(node.ROOT / "node_modules")
    (tmp_path / "database.ts").write_text(types.database_types(project.cluster.url()), encoding="utf-8")
    (tmp_path / "api.ts").write_text(types.api_types(), encoding="utf-8")
    client, wrong = tmp_path / "client.ts", tmp_path / "wrong.ts"
    client.write_text(CLIENT)
    wrong.write_text(CLIENT.replace("prompt:", "promt:").replace('"custom_title"', '"custom_titel"'))
    flags = (
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--target",
        "es2022",
        "--module",
        "esnext",
        "--moduleResolution",
        "bundler",
    )

    node.output("tsc", str(client), *flags)

    with pytest.raises(node.ProgramError) as refused:
        node.output("tsc", str(wrong), *flags)
    assert "promt" in str(refused.value)
    assert "custom_titel" in str(refused.value)


def test_a_program_that_is_not_installed_is_told() -> None:
    with pytest.raises(node.ProgramError, match="no-such-program is not installed: run 'make setup'"):
        node.output("no-such-program")
