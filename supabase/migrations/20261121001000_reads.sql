-- What the jobs function reads: a job with its place in the queue and its assets.

create function private.job_view(p_job public.jobs) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object(
        'job', to_jsonb(p_job),
        'position', private.position_of(p_job),
        'assets', coalesce(
            (
                select jsonb_agg(to_jsonb(a) order by a.asset_index)
                from public.workspace_assets a where a.job_id = p_job.id
            ),
            '[]'
        )
    )
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
