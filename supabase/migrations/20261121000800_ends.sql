-- The other ends of an attempt and of a job: failed, handed back, cancelled.

-- End a job without its outputs, for good, and give its credits back. The caller holds its row lock.
create function private.end_job(p_job_id uuid, p_status text, p_code text, p_message text) returns void
language plpgsql set search_path = ''
as $$
declare
    v_job public.jobs;
begin
    delete from public.job_leases where job_id = p_job_id;
    update public.jobs
    set status = p_status, stage = p_status, completed_at = clock_timestamp(), handed_out_at = null,
        not_before = null, error_code = p_code, error_message = p_message
    where id = p_job_id
    returning * into v_job;
    perform private.refund(v_job);
end
$$;

-- Put a job back into its queue, or end it when its failures or attempts are used up.
-- A hand-back is no failure and waits for nothing.
create function private.retry_job(p_job public.jobs, p_code text, p_message text, p_is_failure boolean)
returns text
language plpgsql set search_path = ''
as $$
declare
    v_failures integer := p_job.failures + p_is_failure::integer;
begin
    if p_job.cancel_requested_at is not null then
        perform private.end_job(p_job.id, 'cancelled', 'cancelled', 'The job was cancelled.');
        return 'cancelled';
    end if;
    if v_failures >= p_job.max_attempts or p_job.attempts >= 10 then
        update public.jobs set failures = v_failures where id = p_job.id;
        perform private.end_job(
            p_job.id, 'failed', case when v_failures >= p_job.max_attempts then p_code else 'too_many_attempts' end,
            p_message
        );
        return 'failed';
    end if;
    update public.jobs
    set status = 'queued', stage = 'queued', failures = v_failures, error_code = p_code, error_message = p_message,
        -- Whoever waited for a lost worker's lease to end has waited: the first time it is handed out at once.
        not_before = case when p_is_failure and not (p_code = 'lease_expired' and v_failures = 1) then
            -- 2 s, 4 s, 8 s, … with full jitter on the upper half.
            clock_timestamp() + make_interval(secs => (1 + random()) * 2 ^ (v_failures - 1))
        end
    where id = p_job.id;
    return 'retried';
end
$$;

-- Outcomes: retried, failed, cancelled (each with the job), over, stale_attempt, not_found. The code `preempted` hands
-- the job back.
create function public.fail_job(
    p_job_id uuid,
    p_attempt integer,
    p_code text,
    p_message text,
    p_retryable boolean,
    p_metadata jsonb default '{}',
    p_outputs jsonb default '[]'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs;
    v_answer jsonb;
    v_outcome text;
begin
    select * into v_job from public.jobs where id = p_job_id for update;
    v_answer := private.refuse_attempt(v_job, p_attempt);
    if v_answer is not null then
        return v_answer;
    end if;
    -- refuse_attempt may have taken the job back.
    select * into v_job from public.jobs where id = p_job_id;
    update public.jobs set metadata = metadata || jsonb_build_object('worker', p_metadata) where id = p_job_id;
    if p_retryable or v_job.cancel_requested_at is not null then
        -- What was delivered since the last progress report is kept too; if one of it is not good, none of it.
        perform private.record_outputs(v_job, p_attempt, p_outputs);
        v_outcome := private.retry_job(v_job, p_code, p_message, p_code <> 'preempted');
        delete from public.job_leases where job_id = p_job_id;
    else
        perform private.end_job(p_job_id, 'failed', p_code, p_message);
        v_outcome := 'failed';
    end if;
    select * into v_job from public.jobs where id = p_job_id;
    return jsonb_build_object(
        'outcome', v_outcome, 'job', to_jsonb(v_job), 'handouts', private.hand_out(v_job.queue)
    );
end
$$;

-- Outcomes: cancelled, cancel_requested, over (with `status`), not_found (also for another user's job).
create function public.cancel_job(p_job_id uuid, p_user_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs;
begin
    select * into v_job from public.jobs where id = p_job_id and user_id = p_user_id for update;
    if v_job.id is null then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    if v_job.status not in ('queued', 'processing') then
        return jsonb_build_object('outcome', 'over', 'status', v_job.status, 'handouts', '[]'::jsonb);
    end if;
    if v_job.status = 'queued' then
        perform private.end_job(p_job_id, 'cancelled', 'cancelled', 'The job was cancelled.');
        return jsonb_build_object(
            'outcome', 'cancelled', 'status', 'cancelled', 'handouts', private.hand_out(v_job.queue)
        );
    end if;
    update public.jobs set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp())
    where id = p_job_id;
    return jsonb_build_object('outcome', 'cancel_requested', 'status', 'processing', 'handouts', '[]'::jsonb);
end
$$;

grant execute on function
    public.fail_job(uuid, integer, text, text, boolean, jsonb, jsonb),
    public.cancel_job(uuid, uuid)
to service_role;
