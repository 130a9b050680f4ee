"""P1 to P5, asked of the rows after a run. Each query answers with what breaks its promise."""

from collections.abc import Sequence
from typing import Any, Final

from tests.chaos.arena import WINDOW
from tests.chaos.plan import Kind
from tests.chaos.records import Records

_QUERIES: Final = {
    "P1: an accepted job has not ended": """
        select id, status from public.jobs where user_id = any ($1) and completed_at is null
    """,
    "P2: a completed job lacks an asset, or has another": """
        select j.id, array_agg(a.asset_index) from public.jobs j
        left join public.workspace_assets a on a.job_id = j.id
        where j.user_id = any ($1) and j.status = 'completed'
        group by j.id
        having array_agg(a.asset_index order by a.asset_index)
            is distinct from (select array_agg(i) from generate_series(0, (j.config ->> 'num_images')::integer - 1) i)
    """,
    "P2: a job that was not completed has an asset": """
        select j.id, j.status from public.jobs j join public.workspace_assets a on a.job_id = j.id
        where j.user_id = any ($1) and j.status <> 'completed'
    """,
    "P3: a balance is not the sum of its rows": """
        select p.id, p.token_balance, sum(u.credits_consumed) from public.profiles p
        join public.usage_logs u on u.user_id = p.id
        where p.id = any ($1) group by p.id having p.token_balance <> -sum(u.credits_consumed)
    """,
    "P3: not charged once": """
        select j.id, count(u.id) from public.jobs j
        left join public.usage_logs u on u.job_id = j.id and u.action = 'generation'
        where j.user_id = any ($1) group by j.id having count(u.id) <> 1
    """,
    "P3: not refunded once, or refunded though completed": """
        select j.id, j.status, count(u.id) from public.jobs j
        left join public.usage_logs u on u.job_id = j.id and u.action = 'refund'
        where j.user_id = any ($1) and j.completed_at is not null
        group by j.id having count(u.id) <> (j.status <> 'completed')::integer
    """,
    "P4: an object of a completed job is missing, or was written after its completion": """
        select j.id, p.path, o.updated_at - j.completed_at from public.jobs j
        join public.workspace_assets a on a.job_id = j.id
        cross join lateral unnest(array[a.temp_storage_path, a.thumbnail_path]) as p (path)
        left join storage.objects o on o.bucket_id = 'workspace-temp' and o.name = p.path
        where j.user_id = any ($1) and (o.name is null or o.updated_at > j.completed_at)
    """,
    "P5: a job went on after its end": """
        select job_id, old_status, h.status from chaos.history h join public.jobs j on j.id = h.job_id
        where j.user_id = any ($1) and old_status in ('completed', 'failed', 'cancelled')
    """,
    "the window was too full": f"""
        select job_id, handed_out_in_queue from chaos.history h join public.jobs j on j.id = h.job_id
        where j.user_id = any ($1) and handed_out_in_queue > {WINDOW}
    """,
    "a job with fewer failures than it may have has failed": """
        select id, failures, error_code from public.jobs
        where user_id = any ($1) and status = 'failed' and failures < max_attempts
    """,
}


async def broken(owner: Any, users: Sequence[str], accepted: Sequence[str], records: Records) -> list[str]:
    """One sentence for every promise that this run's rows break."""
    sentences = []
    for sentence, query in _QUERIES.items():
        sentences += [f"{sentence}: {tuple(map(str, row))}" for row in await owner.fetch(query, users)]
    jobs = {str(row["id"]) for row in await owner.fetch("select id from public.jobs where user_id = any ($1)", users)}
    if set(accepted) != jobs:
        sentences.append(f"P1: accepted {sorted(accepted)}, but there are {sorted(jobs)}")
    cancelled = await owner.fetch("select id from public.jobs where user_id = any ($1) and status = 'cancelled'", users)
    if cancelled and not records.hits[Kind.CANCEL]:
        sentences.append(f"cancelled by nobody: {[str(row['id']) for row in cancelled]}")
    sentences += await _too_many_claims(owner, users, records)
    sentences += await _list_too_long(owner, users, records)
    return sentences


async def _too_many_claims(owner: Any, users: Sequence[str], records: Records) -> list[str]:
    costly = records.leaps + records.hits[Kind.STOP_WORKER] + records.hits[Kind.EXHAUST_MEMORY]
    rows = await owner.fetch(
        "select id, attempts from public.jobs where user_id = any ($1) and attempts > 1 + $2", users, costly
    )
    return [f"claimed {row['attempts']} times, but only {costly} faults cost an attempt: {row['id']}" for row in rows]


async def _list_too_long(owner: Any, users: Sequence[str], records: Records) -> list[str]:
    # A hand-out that was given up without a claim leaves its element behind until the next rewrite.
    given_up = await owner.fetchval(
        """
        select count(*) from chaos.history h join public.jobs j on j.id = h.job_id
        where j.user_id = any ($1) and was_handed_out and not is_handed_out
            and not (old_status = 'queued' and h.status = 'processing')
        """,
        users,
    )
    allowed = WINDOW + records.most_pushes + records.injected + given_up
    if records.longest_list > allowed:
        return [f"the list held {records.longest_list} elements, {allowed} at most"]
    return []
