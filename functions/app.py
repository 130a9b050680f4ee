"""The functions as one ASGI app: ``uvicorn functions.app:app``.

One function alone: ``create_app("job-callback")``.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from functions.assets.handler import router as assets
from functions.cancel_job.handler import router as cancel_job
from functions.dispatch_jobs.handler import router as dispatch_jobs
from functions.edge import errors
from functions.edge.clients import open_clients
from functions.edge.middleware import EdgeMiddleware
from functions.edge.openapi import PREFIX, DescribedApp, refused
from functions.edge.settings import load_settings
from functions.edge.sweeper import sweep_for_ever
from functions.enhance_prompt.handler import router as enhance_prompt
from functions.generate_admin_image.handler import router as generate_admin_image
from functions.get_active_worker_url.handler import router as get_active_worker_url
from functions.get_negative_prompt.handler import router as get_negative_prompt
from functions.health.handler import router as health
from functions.health_check_workers.handler import router as health_check_workers
from functions.job_callback.handler import router as job_callback
from functions.jobs.handler import router as jobs
from functions.playground_chat.handler import router as playground_chat
from functions.queue_job.handler import router as queue_job
from functions.queue_status.handler import router as queue_status
from functions.reference_images.handler import router as reference_images
from functions.refresh_prompt_cache.handler import router as refresh_prompt_cache
from functions.register_chat_worker.handler import router as register_chat_worker
from functions.replay_job.handler import router as replay_job
from functions.system_metrics.handler import router as system_metrics
from functions.update_worker_url.handler import router as update_worker_url
from functions.upload_reference.form import BODY_LIMIT as UPLOAD_BODY_LIMIT
from functions.upload_reference.handler import router as upload_reference
from functions.validate_enhancement_fix.handler import router as validate_enhancement_fix
from functions.workspace_actions.handler import router as workspace_actions
from shared.errors import ErrorCode

ROUTERS: Final[dict[str, APIRouter]] = {
    "queue-job": queue_job,
    "job-callback": job_callback,
    "cancel-job": cancel_job,
    "jobs": jobs,
    "assets": assets,
    "workspace-actions": workspace_actions,
    "replay-job": replay_job,
    "queue-status": queue_status,
    "system-metrics": system_metrics,
    "generate-admin-image": generate_admin_image,
    "register-chat-worker": register_chat_worker,
    "update-worker-url": update_worker_url,
    "get-active-worker-url": get_active_worker_url,
    "health-check-workers": health_check_workers,
    "enhance-prompt": enhance_prompt,
    "refresh-prompt-cache": refresh_prompt_cache,
    "get-negative-prompt": get_negative_prompt,
    "validate-enhancement-fix": validate_enhancement_fix,
    "upload-reference": upload_reference,
    "reference-images": reference_images,
    "playground-chat": playground_chat,
    "dispatch-jobs": dispatch_jobs,
    "health": health,
}
API_PREFIX: Final = "/api"
API_ALIASES: Final = ("queue-job", "jobs", "assets", "queue-status", "upload-reference", "reference-images")
"""Also under ``API_PREFIX``, as the worker documents call them."""
BODY_LIMITS: Final = {"upload-reference": UPLOAD_BODY_LIMIT}
"""Bytes, of the functions that take more than ``middleware.BODY_LIMIT``."""


def create_app(*names: str) -> FastAPI:
    """An app with the named functions, or with all of them."""
    app = DescribedApp(
        title="OurVidz",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        exception_handlers=_exception_handlers(),
    )
    body_limits = {f"{prefix}/{name}": limit for name, limit in BODY_LIMITS.items() for prefix in (PREFIX, API_PREFIX)}
    app.add_middleware(EdgeMiddleware, body_limits=body_limits)
    app.functions = {name: ROUTERS[name] for name in names or ROUTERS}
    for name, router in app.functions.items():
        app.include_router(router, prefix=PREFIX, responses=refused(ErrorCode.INTERNAL))
        if name in API_ALIASES:
            app.include_router(router, prefix=API_PREFIX, include_in_schema=False)
    return app


def _exception_handlers() -> dict[Any, Any]:
    return {
        errors.ApiError: errors.handle_api_error,
        HTTPException: errors.handle_http_exception,
        RequestValidationError: errors.handle_validation_error,
    }


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings = load_settings()
    async with open_clients(settings) as clients:
        app.state.clients = clients
        if settings.sweep_seconds == 0:
            yield
            return
        sweeper = asyncio.create_task(sweep_for_ever(clients, settings.sweep_seconds))
        try:
            yield
        finally:
            sweeper.cancel()
            with suppress(asyncio.CancelledError):
                await sweeper


app = create_app()
