-- How long until a job is done, told from what was observed: its place in line, the run times of its kind, the workers
-- there are, and how far the last such estimates were off.

alter table public.queues
    add column workers integer not null default 1 check (workers > 0),
    add column p50_ratio real not null default 1,
    add column p90_ratio real not null default 2;
comment on column public.queues.workers is 'The most jobs that ran at once in ten minutes, when last any ran.';
comment on column public.queues.p50_ratio is 'Half of the last jobs took at most so many times what was expected.';
comment on column public.queues.p90_ratio is 'The same of nine in ten.';

alter table public.jobs
    add column expected_run_seconds real,
    add column expected_seconds real;
comment on column public.jobs.expected_run_seconds is 'From claim to completion, as its kind took it before.';
comment on column public.jobs.expected_seconds is
    'From submission to completion, as it looked at submission; null when nobody could tell.';

alter table public.sweeps add column learned_at timestamptz not null default '-infinity';

create table public.job_times (
    queue text not null references public.queues (name) on delete cascade,
    job_type text not null,
    outputs integer not null,
    mean_seconds real not null,
    p50_seconds real not null,
    p90_seconds real not null,
    primary key (queue, job_type, outputs)
);
comment on table public.job_times is 'Run times of the last completed jobs of a kind, so that nobody reads the history.';
alter table public.job_times enable row level security;

create index jobs_in_line on public.jobs (queue) where status in ('queued', 'processing');
create index jobs_ended on public.jobs (queue, completed_at desc) where completed_at is not null;
create index jobs_completed on public.jobs (queue, completed_at desc) where status = 'completed';

create type private.place as (
    waiting integer, -- jobs of the queue that wait
    position integer, -- of those, the ones before this job; null once it is claimed
    seconds real, -- until it is done, before calibration
    p50_seconds integer,
    p90_seconds integer
);

-- A waiting job's place by one look at the line; a running job's remaining time; nothing of a job that has ended.
-- p_job need not be in the table yet.
create function private.place_of(p_job public.jobs) returns private.place
language plpgsql stable set search_path = ''
as $$
declare
    v_place private.place;
    v_queue public.queues;
    v_times public.job_times;
    v_now timestamptz := clock_timestamp();
    v_users integer;
    v_running integer;
    v_seconds_before real;
    v_seconds_left real;
    v_limit real;
begin
    if p_job.status = 'processing' then
        select * into v_times from private.times_of(p_job);
        v_place.p50_seconds := private.seconds_left(p_job, v_times.p50_seconds);
        v_place.p90_seconds := private.seconds_left(p_job, v_times.p90_seconds);
    end if;
    if p_job.status <> 'queued' then
        return v_place;
    end if;

    select
        count(*) filter (where is_waiting), count(*) filter (where is_before), count(distinct user_id),
        coalesce(sum(expected_run_seconds) filter (where is_before), 0),
        count(*) filter (where not is_waiting), coalesce(avg(seconds_left) filter (where not is_waiting), 0)
    into v_place.waiting, v_place.position, v_users, v_seconds_before, v_running, v_seconds_left
    from (
        select
            user_id, status = 'queued' as is_waiting,
            -- What is handed out comes first; false sorts before true.
            status = 'queued' and (handed_out_at is null, -priority, turn, created_at)
                < (p_job.handed_out_at is null, -p_job.priority, p_job.turn, p_job.created_at) as is_before,
            expected_run_seconds,
            greatest(0, least(
                expected_run_seconds * (1 - progress),
                -- Of a later attempt nobody knows here when it began.
                case when attempts = 1 then expected_run_seconds - extract(epoch from v_now - started_at) end
            )) as seconds_left
        from public.jobs where queue = p_job.queue and status in ('queued', 'processing')
    ) line;

    select * into v_queue from public.queues where name = p_job.queue;
    if v_queue.is_paused or p_job.expected_run_seconds is null then
        return v_place;
    end if;
    v_queue.workers := greatest(v_queue.workers, v_running);
    -- Its turn may be rounds away, and each user in line may still send a job for each of them. Halfway between nobody
    -- doing so and everybody.
    v_seconds_before := v_seconds_before
        * (1 + greatest(1, v_users * (p_job.turn - v_queue.turn) / greatest(v_place.position, 1)::real)) / 2;
    v_place.seconds := p_job.expected_run_seconds + case
        when v_running + v_place.position < v_queue.workers then 0
        -- All are busy: the work before it, and what is left of the first run to end.
        else (v_seconds_before + v_seconds_left) / v_queue.workers
    end;
    v_limit := extract(epoch from v_queue.queue_ttl);
    v_place.p50_seconds := ceil(least(v_place.seconds * v_queue.p50_ratio, v_limit));
    v_place.p90_seconds := ceil(least(v_place.seconds * v_queue.p90_ratio, v_limit));
    return v_place;
end
$$;

-- The run times of the job's kind; without history, what was expected of it.
create function private.times_of(p_job public.jobs) returns public.job_times
language plpgsql stable set search_path = ''
as $$
declare
    v_times public.job_times;
begin
    select * into v_times from public.job_times
    where queue = p_job.queue and job_type = p_job.job_type
        and outputs = coalesce((p_job.config ->> 'num_images')::integer, 1);
    if v_times.queue is null then
        v_times.mean_seconds := p_job.expected_run_seconds;
        v_times.p50_seconds := p_job.expected_run_seconds;
        v_times.p90_seconds := p_job.expected_run_seconds * 2;
    end if;
    return v_times;
end
$$;

-- Of a run that takes p_seconds as far as anybody knew before it began; null when nobody can tell. The further it is, the
-- more its own speed counts, unless earlier attempts made a part of it.
create function private.seconds_left(p_job public.jobs, p_seconds real) returns integer
language plpgsql stable set search_path = ''
as $$
declare
    v_elapsed real := extract(epoch from clock_timestamp() - p_job.started_at);
    v_share_left real := 1 - p_job.progress;
begin
    if p_job.attempts > 1 then
        return ceil(v_share_left * p_seconds);
    end if;
    if p_job.progress = 0 then
        return case when v_elapsed < p_seconds then ceil(p_seconds - v_elapsed) end;
    end if;
    -- The whole run takes v_elapsed / progress at this speed: (share left) * p_seconds + progress * (that).
    return ceil(v_share_left * (v_share_left * p_seconds + v_elapsed));
end
$$;

-- Learn from the last completed jobs of each queue. Only these are looked at: a cancelled or failed job says nothing of
-- how long one takes.
create function private.learn_times() returns void
language plpgsql set search_path = ''
as $$
begin
    -- A job with several attempts is left out: from its first claim to its completion lie a lost worker and a second wait.
    insert into public.job_times (queue, job_type, outputs, mean_seconds, p50_seconds, p90_seconds)
    select
        queue, job_type, outputs, avg(seconds), percentile_cont(0.5) within group (order by seconds),
        percentile_cont(0.9) within group (order by seconds)
    from (
        select
            queue, job_type, outputs, extract(epoch from completed_at - started_at)::real as seconds,
            row_number() over (partition by queue, job_type, outputs order by completed_at desc) as place
        from private.last_completed(1000) where attempts = 1
    ) runs
    where place <= 200
    group by queue, job_type, outputs having count(*) >= 5
    on conflict (queue, job_type, outputs) do update
    set mean_seconds = excluded.mean_seconds, p50_seconds = excluded.p50_seconds, p90_seconds = excluded.p90_seconds;

    -- Split conformal prediction with the score actual / expected: the quantiles of the last scores hold for the next job,
    -- whatever the estimate is worth (Angelopoulos and Bates, 2021, sections 1.1 and 2.3: https://arxiv.org/abs/2107.07511).
    -- Those in line count for at least the score they have by now (Kaplan and Meier, 1958): the ones that were overtaken
    -- are the last to complete. Jobs with several attempts count: whoever waits for one waits that long.
    update public.queues q set p50_ratio = calibration.p50, p90_ratio = calibration.p90
    from (
        select
            queue,
            coalesce(min(score) filter (where surviving <= 0.5), max(score)) as p50,
            coalesce(min(score) filter (where surviving <= 0.1), max(score)) as p90
        from (
            select
                queue, score, is_done,
                exp(sum(ln(1 - is_done::integer / (at_risk + 1.0))) over (partition by queue order by score)) as surviving
            from (
                select queue, score, is_done, rank() over (partition by queue order by score desc) as at_risk
                from private.last_scores()
            ) ranked
        ) survival
        group by queue having count(*) filter (where is_done) >= 20
    ) calibration
    where q.name = calibration.queue;

    -- A queue in which nothing ran keeps what it knows.
    update public.queues q set workers = greatest(1, peak.running)
    from (
        select queue, max(running) as running
        from (
            select queue, sum(step) over (partition by queue order by at, step) as running
            from (
                select queue, started_at as at, 1 as step from private.last_runs()
                union all
                select queue, completed_at, -1 from private.last_runs() where completed_at is not null
            ) steps
        ) counts
        group by queue
    ) peak
    where q.name = peak.queue;
end
$$;

-- The last p_limit of each queue that workers completed.
create function private.last_completed(p_limit integer) returns table (
    queue text, job_type text, outputs integer, attempts integer, expected_seconds real,
    created_at timestamptz, started_at timestamptz, completed_at timestamptz
)
language sql stable set search_path = ''
as $$
    select
        q.name, j.job_type, coalesce((j.config ->> 'num_images')::integer, 1), j.attempts, j.expected_seconds,
        j.created_at, j.started_at, j.completed_at
    from public.queues q cross join lateral (
        select * from public.jobs
        where jobs.queue = q.name and jobs.status = 'completed' and jobs.attempts > 0
        order by jobs.completed_at desc limit p_limit
    ) j
$$;

-- How many times what was expected the last completed jobs took, and those in line have taken by now.
create function private.last_scores() returns table (queue text, score double precision, is_done boolean)
language sql stable set search_path = ''
as $$
    select queue, extract(epoch from completed_at - created_at) / expected_seconds, true
    from private.last_completed(200) where expected_seconds > 0
    union all
    select queue, extract(epoch from clock_timestamp() - created_at) / expected_seconds, false
    from public.jobs where status in ('queued', 'processing') and expected_seconds > 0
$$;

-- What runs, and what ran in the last ten minutes.
create function private.last_runs() returns table (queue text, started_at timestamptz, completed_at timestamptz)
language sql stable set search_path = ''
as $$
    select queue, started_at, null from public.jobs where status = 'processing' and attempts = 1
    union all
    select queue, started_at, completed_at from private.last_completed(1000)
    where attempts = 1 and completed_at > clock_timestamp() - interval '10 minutes'
$$;
