"""The two accounts of a local project: a demo user and an admin, made through the public APIs."""

import httpx

from devstack.project import Project


def ensure(project: Project) -> None:
    """Create both where they are missing. Raises ``httpx.HTTPStatusError``."""
    env = project.public_env()
    key = env["SUPABASE_SERVICE_ROLE_KEY"]
    headers = {"apikey": key, "Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=project.url, headers=headers, timeout=10) as http:
        _ensure_user(http, env["DEMO_EMAIL"], env["DEMO_PASSWORD"])
        admin = _ensure_user(http, env["ADMIN_EMAIL"], env["ADMIN_PASSWORD"])
        if admin is not None:
            http.post("/rest/v1/user_roles", json={"user_id": admin, "role": "admin"}).raise_for_status()


def _ensure_user(http: httpx.Client, email: str, password: str) -> str | None:
    """The new user's id, ``None`` if there is one already."""
    response = http.post("/auth/v1/admin/users", json={"email": email, "password": password, "email_confirm": True})
    if response.status_code == 422:
        return None
    response.raise_for_status()
    return str(response.json()["id"])
