-- What the jobs function reads: a job with its place in the queue, the time it still takes, and its assets.

create function private.job_view(p_job public.jobs) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object(
        'job', to_jsonb(p_job),
        'position', place.position,
        'eta_p50_seconds', place.p50_seconds,
        'eta_p90_seconds', place.p90_seconds,
        'assets', coalesce(
            (
                select jsonb_agg(to_jsonb(a) order by a.asset_index)
                from public.workspace_assets a where a.job_id = p_job.id
            ),
            '[]'
        )
    ) from private.place_of(p_job) place
$$;

-- Outcomes: found, not_found (also for another user's job).
create function public.get_job(p_user_id uuid, p_job_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(
        (
            select jsonb_build_object('outcome', 'found') || private.job_view(j)
            from public.jobs j where j.id = p_job_id and j.user_id = p_user_id
        ),
        jsonb_build_object('outcome', 'not_found')
    )
$$;

-- Newest first; p_before is the created_at of the last job of the page before.
create function public.list_jobs(
    p_user_id uuid,
    p_status text default null,
    p_before timestamptz default null,
    p_limit integer default 20
) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('outcome', 'listed', 'jobs', coalesce(jsonb_agg(private.job_view(j::public.jobs)), '[]'))
    from (
        select * from public.jobs
        where user_id = p_user_id
            and (p_status is null or status = p_status)
            and (p_before is null or created_at < p_before)
        order by created_at desc
        limit p_limit
    ) j
$$;

grant execute on function
    public.get_job(uuid, uuid),
    public.list_jobs(uuid, text, timestamptz, integer)
to service_role;

-- How many jobs of a queue wait (those handed out among them) and run.
create function private.queue_view(p_queue public.queues) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object(
        'waiting', count(*) filter (where status = 'queued'), 'handed_out', count(handed_out_at),
        'running', count(*) filter (where status = 'processing'), 'is_paused', p_queue.is_paused
    ) from public.jobs where queue = p_queue.name and status in ('queued', 'processing')
$$;

-- The queues, the user's own waiting jobs, and for each of p_types (name: queue, expected_run_seconds) how long a job of
-- it would take if the user submitted it now.
create function public.queue_status(p_user_id uuid, p_types jsonb) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object(
        'outcome', 'found',
        'queues', (select jsonb_object_agg(q.name, private.queue_view(q)) from public.queues q),
        'types', (
            select jsonb_object_agg(type.key, jsonb_build_object(
                'eta_p50_seconds', place.p50_seconds, 'eta_p90_seconds', place.p90_seconds
            ))
            from jsonb_each(p_types) type,
                jsonb_populate_record(
                    null::public.jobs, type.value || jsonb_build_object('job_type', type.key, 'user_id', p_user_id)
                ) job,
                private.place_of(private.lined_up(job)) place
        ),
        'jobs', (
            select coalesce(jsonb_agg(jsonb_build_object(
                'job_id', job.id, 'job_type', job.job_type, 'queue', job.queue, 'position', place.position,
                'eta_p50_seconds', place.p50_seconds, 'eta_p90_seconds', place.p90_seconds
            ) order by job.created_at), '[]')
            from public.jobs job, private.place_of(job) place
            where job.user_id = p_user_id and job.status = 'queued'
        )
    )
$$;

-- Of each queue: what lies in it, how long a new job would wait for a worker, and what became of the last 1,000 that
-- ended. Of each type: the workers that are known of.
create function public.system_metrics() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    return jsonb_build_object('outcome', 'found', 'queues', (
        select jsonb_object_agg(q.name, private.queue_view(q) || jsonb_build_object(
            'workers', q.workers,
            'wait_p50_seconds', place.p50_seconds, 'wait_p90_seconds', place.p90_seconds,
            'success_rate', last.success_rate,
            'mean_wait_seconds', last.mean_wait_seconds, 'mean_run_seconds', last.mean_run_seconds
        ))
        from public.queues q,
            jsonb_populate_record(
                null::public.jobs, jsonb_build_object('queue', q.name, 'expected_run_seconds', 0)
            ) job,
            private.place_of(private.lined_up(job)) place,
            private.last_ended(q.name) last
    ), 'workers', (
        select jsonb_object_agg(type, private.known_workers(type)) from unnest('{chat,sdxl,wan}'::text[]) type
    ));
end
$$;

-- A job that its user cancelled is no failure, and one that no worker ran (a copy of a library asset) no success.
create function private.last_ended(
    p_queue text, out success_rate double precision, out mean_wait_seconds double precision,
    out mean_run_seconds double precision
)
language sql stable set search_path = ''
as $$
    select
        avg((status = 'completed')::integer) filter (where status <> 'cancelled'),
        avg(extract(epoch from started_at - created_at)) filter (where status = 'completed'),
        avg(extract(epoch from completed_at - started_at)) filter (where status = 'completed')
    from (
        select * from public.jobs where queue = p_queue and completed_at is not null and (attempts > 0 or status <> 'completed')
        order by completed_at desc limit 1000
    ) ended
$$;

grant execute on function public.queue_status(uuid, jsonb), public.system_metrics() to service_role;

-- For the health function: that the schema is there, and whether anybody sweeps.
create function public.health() returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object(
        'outcome', 'healthy',
        'seconds_since_sweep', round(extract(epoch from clock_timestamp() - last_run)::numeric, 1)
    ) from public.sweeps
$$;

grant execute on function public.health() to service_role;
