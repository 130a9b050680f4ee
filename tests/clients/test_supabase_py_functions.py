"""What the official Python client does in another way than JavaScript's: it knows no forms."""

from pathlib import Path

import httpx

from devstack.project import Project
from tests.clients.conftest import Script
from tests.fixtures.pictures import png
from tests.fixtures.users import User


async def test_a_picture_is_uploaded_as_the_bytes_of_a_form(project: Project, played: Path, user: User) -> None:
    form = httpx.Request("POST", "http://form.test", files={"file": ("mine.png", png(), "image/png")})
    upload = {"body": form.read(), "headers": {"Content-Type": form.headers["content-type"]}}
    script = Script(project, played, user.email, user.password)
    answers = script.call(uploaded=("upload-reference", upload), listed=("reference-images", {}))
    assert answers["uploaded"]["path"].startswith(f"{user.id}/")
    (listed,) = answers["listed"]["references"]
    assert listed["path"] == answers["uploaded"]["path"]
