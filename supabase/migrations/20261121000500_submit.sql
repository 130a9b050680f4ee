-- Submitting and handing out.
--
-- Locks are taken in the order job, profile, queue; choosing jobs always skips locked rows.
-- Every function answers one JSON object: `outcome` says what happened, `handouts` lists what is to be pushed to Redis.
-- What every submission runs is PL/pgSQL, which keeps its plans; a SQL function is planned at each call.

-- What a queue element is made of.
create function private.handout_of(p_job public.jobs) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object('queue', p_job.queue, 'handout', p_job.handout, 'job', to_jsonb(p_job))
$$;

-- Fill the queue's window with waiting jobs. "Is it full?" is asked without a lock first.
create function private.hand_out(p_queue text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    v_window integer;
    v_free integer;
    v_handouts jsonb;
begin
    select handout_window into v_window from public.queues where name = p_queue and not is_paused;
    if v_window is null or private.handed_out(p_queue, v_window) >= v_window then
        return '[]';
    end if;
    -- "no key": a foreign key check of a concurrent insert does not have to wait for it.
    perform 1 from public.queues where name = p_queue for no key update;
    v_free := v_window - private.handed_out(p_queue, v_window);
    if v_free <= 0 then
        return '[]';
    end if;
    with chosen as (
        select id from public.jobs
        where queue = p_queue and status = 'queued' and handed_out_at is null
            and (not_before is null or not_before <= clock_timestamp())
        order by priority desc, turn, created_at
        limit v_free
        for update skip locked
    ), handed as (
        update public.jobs j
        set handout = j.handout + 1, handed_out_at = clock_timestamp()
        from chosen where j.id = chosen.id
        returning j.*
    ), round as (
        -- Whoever submits next joins in here or a little before, and not behind all the turns that others have taken.
        update public.queues set turn = (select max(turn) from handed)
        where name = p_queue and turn < (select max(turn) from handed)
    )
    select coalesce(jsonb_agg(private.handout_of(h::public.jobs) order by h.priority desc, h.turn, h.created_at), '[]')
    into v_handouts from handed h;
    return v_handouts;
end
$$;

-- How many hand-outs are unclaimed; counting stops at the window's size.
create function private.handed_out(p_queue text, p_window integer) returns integer
language plpgsql stable set search_path = ''
as $$
begin
    return count(*) from (
        select 1 from public.jobs where queue = p_queue and handed_out_at is not null limit p_window
    ) unclaimed;
end
$$;

-- How many jobs of the queue wait.
create function private.waiting(p_queue text) returns integer
language sql stable set search_path = ''
as $$
    select count(*)::integer from public.jobs where queue = p_queue and status = 'queued'
$$;

create index jobs_at_workers on public.jobs (queue, user_id, turn)
    where handed_out_at is not null or status = 'processing';

-- Of the jobs that are handed out or run, how many are of the user who has most of them. The last turns only: a job that
-- began rounds ago is no reason to go before anybody.
create function private.most_at_workers(p_queue public.queues) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
    return coalesce(max(jobs), 0) from (
        select count(*) as jobs
        from (
            select user_id, turn, count(*) over () as at_workers from public.jobs
            where queue = p_queue.name and (handed_out_at is not null or status = 'processing')
        ) job
        where turn > p_queue.turn - at_workers
        group by user_id
    ) by_user;
end
$$;

-- Round robin over users: a user's jobs take one turn after the other. Who joins is given as many turns as the busiest
-- user has at workers, so that a queue whose workers one user has taken is shared from now on.
create function private.next_turn(p_queue text, p_user_id uuid) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
    return greatest(
        (select q.turn + 1 - greatest(private.most_at_workers(q), 1) from public.queues q where q.name = p_queue),
        (
            select turn + 1 from public.jobs
            where user_id = p_user_id and queue = p_queue
            order by turn desc limit 1
        )
    );
end
$$;

-- The job as it joins the line now.
create function private.lined_up(p_job public.jobs) returns public.jobs
language plpgsql stable set search_path = ''
as $$
begin
    p_job.status := 'queued';
    p_job.priority := coalesce(p_job.priority, 0);
    p_job.turn := private.next_turn(p_job.queue, p_job.user_id);
    p_job.created_at := clock_timestamp();
    p_job.expected_run_seconds := (private.times_of(p_job)).mean_seconds;
    return p_job;
end
$$;

-- What a submission is answered with: the job, its place in line, and when it may be done.
create function private.submission_of(p_outcome text, p_job public.jobs, p_place private.place, p_handouts jsonb)
returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    return jsonb_build_object(
        'outcome', p_outcome, 'job', to_jsonb(p_job), 'position', p_place.position,
        'queue_length', coalesce(p_place.waiting, private.waiting(p_job.queue)), 'eta_p50_seconds', p_place.p50_seconds,
        'eta_p90_seconds', p_place.p90_seconds, 'handouts', p_handouts
    );
end
$$;

-- p_job holds the columns a submission sets; for p_hold_seconds the job is not handed out. Outcomes: submitted, replayed
-- (the first answer again), idempotency_conflict, not_found (no such user), queue_full, and those of
-- private.refuse_submission.
create function public.submit_job(
    p_user_id uuid,
    p_job jsonb,
    p_credits numeric,
    p_idempotency_key text default null,
    p_request_hash text default null,
    p_hold_seconds integer default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs := jsonb_populate_record(null::public.jobs, p_job);
    v_first public.jobs;
    v_profile public.profiles;
    v_outputs integer := coalesce((v_job.config ->> 'num_images')::integer, 1);
    v_place private.place;
    v_limit integer;
    v_answer jsonb;
    v_handouts jsonb;
begin
    select * into v_profile from public.profiles where id = p_user_id for no key update;
    if v_profile.id is null then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    select * into v_first from public.jobs where user_id = p_user_id and idempotency_key = p_idempotency_key;
    if v_first.id is not null then
        if v_first.request_hash is distinct from p_request_hash then
            return jsonb_build_object('outcome', 'idempotency_conflict');
        end if;
        return private.submission_of('replayed', v_first, private.place_of(v_first), '[]');
    end if;

    v_answer := private.refuse_submission(v_profile, v_job, p_credits);
    if v_answer is not null then
        return v_answer;
    end if;
    v_job.user_id := p_user_id;
    v_job := private.lined_up(v_job);
    -- The one look at the line: for the queue's limit, the answer and the estimate.
    v_place := private.place_of(v_job);
    select waiting_limit into v_limit from public.queues where name = v_job.queue;
    if v_place.waiting >= v_limit then
        return jsonb_build_object('outcome', 'queue_full', 'limit', v_limit);
    end if;

    if v_job.config ->> 'seed' is null then
        -- Room for seed + i.
        v_job.config := v_job.config
            || jsonb_build_object('seed', floor(random() * (2147483648 - v_outputs))::bigint);
    end if;
    insert into public.jobs (
        user_id, job_type, queue, format, quality, model_type, destination, original_prompt, enhanced_prompt,
        template_name, config, output_type, output_byte_limit, metadata, warnings, priority, turn, project_id,
        video_id, image_id, idempotency_key, request_hash, expected_run_seconds, expected_seconds, not_before
    ) values (
        p_user_id, v_job.job_type, v_job.queue, v_job.format, v_job.quality, v_job.model_type, v_job.destination,
        v_job.original_prompt, v_job.enhanced_prompt, v_job.template_name, v_job.config,
        v_job.output_type, v_job.output_byte_limit,
        v_job.metadata || jsonb_build_object('seed', v_job.config -> 'seed', 'credits', p_credits),
        v_job.warnings, v_job.priority, v_job.turn, v_job.project_id,
        v_job.video_id, v_job.image_id, p_idempotency_key, p_request_hash, v_job.expected_run_seconds, v_place.seconds,
        clock_timestamp() + make_interval(secs => p_hold_seconds)
    )
    returning * into v_job;
    perform private.charge(v_job, p_credits);
    v_handouts := private.hand_out(v_job.queue);
    -- It may have been handed out just now.
    select * into v_job from public.jobs where id = v_job.id;
    v_place.waiting := v_place.waiting + 1;
    return private.submission_of('submitted', v_job, v_place, v_handouts);
end
$$;

grant execute on function public.submit_job(uuid, jsonb, numeric, text, text, integer) to service_role;
