-- Claiming: the latest hand-out of a queued job becomes an attempt.

-- Outcomes: claimed, over (the job has ended), stale_handout, not_found.
-- The same p_claim_id again gets the same answer, so a worker may ask twice; after its lease ended too, as long as
-- nobody claimed a newer attempt. A null p_handout is a caller without a queue token (a legacy worker), which may only
-- take a job that was never claimed.
create function public.claim_job(
    p_job_id uuid,
    p_handout integer,
    p_worker_id text,
    p_claim_id text,
    p_lease_seconds integer default 15
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs;
    v_lease public.job_leases;
    v_now timestamptz := clock_timestamp();
    v_handouts jsonb := '[]';
begin
    select * into v_job from public.jobs where id = p_job_id for update;
    if v_job.id is null then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    if v_job.status not in ('queued', 'processing') then
        return jsonb_build_object('outcome', 'over', 'status', v_job.status);
    end if;
    select * into v_lease from public.job_leases where job_id = p_job_id;

    if v_lease.claim_id = p_claim_id then
        if v_job.status = 'queued' then
            v_job := private.take_back(p_job_id);
        end if;
        update public.job_leases set expires_at = v_now + make_interval(secs => p_lease_seconds)
        where job_id = p_job_id;
    elsif v_job.status = 'processing'
        or p_handout is null and v_job.attempts > 0
        or p_handout is not null and (p_handout <> v_job.handout or v_job.handed_out_at is null)
    then
        return jsonb_build_object('outcome', 'stale_handout');
    else
        update public.jobs
        set status = 'processing', stage = 'claimed', attempts = attempts + 1, handed_out_at = null,
            not_before = null, started_at = coalesce(started_at, v_now)
        where id = p_job_id
        returning * into v_job;
        insert into public.job_leases (job_id, attempt, worker_id, claim_id, claimed_at, expires_at, is_legacy)
        values (
            p_job_id, v_job.attempts, p_worker_id, p_claim_id, v_now,
            v_now + make_interval(secs => p_lease_seconds), p_handout is null
        )
        on conflict (job_id) do update
        set attempt = excluded.attempt, worker_id = excluded.worker_id, claim_id = excluded.claim_id,
            claimed_at = excluded.claimed_at, expires_at = excluded.expires_at, is_legacy = excluded.is_legacy,
            has_ended = default, progress_written_at = default;
        delete from public.job_outputs o where o.job_id = p_job_id and not private.lies_in_storage(o);
        v_handouts := private.hand_out(v_job.queue);
    end if;

    return jsonb_build_object(
        'outcome', 'claimed',
        'attempt', v_job.attempts,
        'lease_seconds', p_lease_seconds,
        'attempt_seconds', extract(epoch from q.attempt_limit)::integer,
        'job', to_jsonb(v_job),
        'done', private.outputs_of(p_job_id),
        'handouts', v_handouts
    ) from public.queues q where q.name = v_job.queue;
end
$$;

-- Give an attempt its job back after the sweep ended the lease. That was no failure, and a hand-out since then is void.
create function private.take_back(p_job_id uuid) returns public.jobs
language plpgsql set search_path = ''
as $$
declare
    v_job public.jobs;
begin
    update public.job_leases set has_ended = false where job_id = p_job_id;
    update public.jobs
    set status = 'processing', stage = 'claimed', handed_out_at = null, not_before = null, failures = failures - 1,
        error_code = null, error_message = null
    where id = p_job_id
    returning * into v_job;
    return v_job;
end
$$;

-- Whether the object is there as it was recorded, neither removed nor replaced.
create function private.lies_in_storage(p_output public.job_outputs) returns boolean
language sql stable set search_path = ''
as $$
    select exists (
        select 1 from storage.objects
        where bucket_id = 'workspace-temp' and name = p_output.path and coalesce(version, '') = p_output.version
    )
$$;

create function private.outputs_of(p_job_id uuid) returns jsonb
language sql stable set search_path = ''
as $$
    select coalesce(
        jsonb_agg(
            jsonb_build_object(
                'index', asset_index, 'path', path, 'thumbnail_path', thumbnail_path, 'metadata', metadata
            ) order by asset_index
        ),
        '[]'
    )
    from public.job_outputs where job_id = p_job_id
$$;

grant execute on function public.claim_job(uuid, integer, text, text, integer) to service_role;
