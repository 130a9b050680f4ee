-- Workers that have an HTTP face: where they are, when they were last heard of, what their last health check said.
-- A worker is a row and every change is to one row: nobody erases what another wrote.

create table public.workers (
    worker_type text not null check (worker_type in ('chat', 'sdxl', 'wan')),
    worker_id text not null,
    url text not null,
    is_automatic boolean not null default false,
    registration_method text not null default 'manual',
    capabilities jsonb not null default '{}',
    registered_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    check_claimed_at timestamptz not null default '-infinity',
    checked_at timestamptz,
    is_healthy boolean,
    response_ms integer,
    health_error text,
    primary key (worker_type, worker_id)
);
comment on column public.workers.is_automatic is
    'It registered itself and does so again as a heartbeat; silent for 90 s, it is gone. Others stay until replaced.';
comment on column public.workers.registered_at is 'When it was first registered at this URL.';
comment on column public.workers.seen_at is 'When it last registered.';
comment on column public.workers.check_claimed_at is 'When somebody last went to ask it for its health.';
comment on column public.workers.checked_at is 'When the last answer was written down, or that there was none.';

alter table public.workers enable row level security;
create policy "admins only" on public.workers for select to authenticated using ((select private.is_admin()));
grant select on public.workers to authenticated, service_role;

create function private.is_live(p_worker public.workers) returns boolean
language sql stable set search_path = ''
as $$
    select not p_worker.is_automatic or p_worker.seen_at > clock_timestamp() - interval '90 seconds'
$$;

create function private.is_check_due(p_worker public.workers) returns boolean
language sql stable set search_path = ''
as $$
    select p_worker.check_claimed_at < clock_timestamp() - interval '30 seconds'
$$;

-- For the sweep.
create function private.are_checks_due() returns boolean
language sql stable set search_path = ''
as $$
    select exists (select from public.workers w where private.is_live(w) and private.is_check_due(w))
$$;

-- What nobody has looked at lately, nobody knows.
create function private.worker_status(p_worker public.workers) returns text
language sql stable set search_path = ''
as $$
    select case
        when coalesce(p_worker.checked_at < clock_timestamp() - interval '90 seconds', true) then 'unknown'
        when p_worker.is_healthy then 'healthy'
        else 'unhealthy'
    end
$$;

create function private.worker_view(p_worker public.workers) returns jsonb
language sql stable set search_path = ''
as $$
    select to_jsonb(p_worker) || jsonb_build_object('status', private.worker_status(p_worker))
$$;

-- The live workers of a type, the best to ask first: healthy before unknown before unhealthy, then the newest.
create function private.live_workers(p_worker_type text) returns jsonb
language sql stable set search_path = ''
as $$
    select coalesce(
        jsonb_agg(
            private.worker_view(w)
            order by array_position('{healthy,unknown,unhealthy}', private.worker_status(w)), seen_at desc
        ),
        '[]'
    )
    from public.workers w where worker_type = p_worker_type and private.is_live(w)
$$;

-- Outcome: registered (with the row, and whether the caller is to ask for its health now). The same worker again is its
-- heartbeat.
create function public.register_worker(
    p_worker_type text,
    p_worker_id text,
    p_url text,
    p_is_automatic boolean default false,
    p_registration_method text default 'manual',
    p_capabilities jsonb default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_before public.workers;
    v_worker public.workers;
    v_has_moved boolean;
    v_is_check_due boolean;
begin
    select * into v_before from public.workers
    where worker_type = p_worker_type and worker_id = p_worker_id for update;
    v_has_moved := v_before.url is distinct from p_url;
    v_is_check_due := v_has_moved or private.is_check_due(v_before);

    insert into public.workers as w (
        worker_type, worker_id, url, is_automatic, registration_method, capabilities, check_claimed_at
    ) values (
        p_worker_type, p_worker_id, p_url, p_is_automatic, p_registration_method, p_capabilities, clock_timestamp()
    )
    on conflict (worker_type, worker_id) do update set
        url = excluded.url,
        is_automatic = excluded.is_automatic,
        registration_method = excluded.registration_method,
        capabilities = excluded.capabilities,
        seen_at = excluded.seen_at,
        registered_at = case when v_has_moved then excluded.registered_at else w.registered_at end,
        check_claimed_at = case when v_is_check_due then excluded.check_claimed_at else w.check_claimed_at end,
        -- What was seen at another URL says nothing of this one.
        checked_at = case when not v_has_moved then w.checked_at end,
        is_healthy = case when not v_has_moved then w.is_healthy end,
        response_ms = case when not v_has_moved then w.response_ms end,
        health_error = case when not v_has_moved then w.health_error end
    returning * into v_worker;
    return jsonb_build_object(
        'outcome', 'registered', 'worker', private.worker_view(v_worker), 'is_check_due', v_is_check_due
    );
end
$$;

-- Outcomes: found (with the live worker of that type that is the best to ask), none.
create function public.active_worker(p_worker_type text) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(
        (
            select jsonb_build_object('outcome', 'found', 'worker', worker)
            from jsonb_array_elements(private.live_workers(p_worker_type)) worker limit 1
        ),
        jsonb_build_object('outcome', 'none')
    )
$$;

-- Of each type, the live workers, the best to ask first.
create function public.list_workers() returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('outcome', 'listed', 'workers', jsonb_build_object(
        'chat', private.live_workers('chat'), 'sdxl', private.live_workers('sdxl'), 'wan', private.live_workers('wan')
    ))
$$;

-- Outcome: claimed. `workers` are those that the caller is to ask for their health now: each at most once in 30 s,
-- however many processes and clients ask.
create function public.claim_health_checks() returns jsonb
language sql security definer set search_path = ''
as $$
    with due as (
        select worker_type, worker_id from public.workers w
        where private.is_live(w) and private.is_check_due(w)
        -- Whoever holds the row has claimed it.
        for no key update skip locked
    ), claimed as (
        update public.workers w set check_claimed_at = clock_timestamp() from due
        where w.worker_type = due.worker_type and w.worker_id = due.worker_id
        returning w.worker_type, w.worker_id, w.url
    )
    select jsonb_build_object('outcome', 'claimed', 'workers', coalesce(jsonb_agg(to_jsonb(claimed)), '[]'))
    from claimed
$$;

-- What the worker at that URL answered. Outcomes: recorded (with the row), gone (deleted, or moved to another URL).
create function public.record_worker_health(
    p_worker_type text,
    p_worker_id text,
    p_url text,
    p_is_healthy boolean,
    p_response_ms integer default null,
    p_health_error text default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_worker public.workers;
begin
    update public.workers set
        checked_at = clock_timestamp(), is_healthy = p_is_healthy, response_ms = p_response_ms,
        health_error = p_health_error
    where worker_type = p_worker_type and worker_id = p_worker_id and url = p_url
    returning * into v_worker;
    if v_worker.worker_id is null then
        return jsonb_build_object('outcome', 'gone');
    end if;
    return jsonb_build_object('outcome', 'recorded', 'worker', private.worker_view(v_worker));
end
$$;

-- For admins: the live workers, and those that are known only by the jobs they hold. One that lost its lease is left
-- out: nobody knows whether it is there.
create function private.known_workers(p_worker_type text) returns jsonb
language sql stable set search_path = ''
as $$
    with busy as (
        select l.worker_id, count(*) as running
        from public.job_leases l join public.jobs j on j.id = l.job_id
        where j.model_type = p_worker_type and j.status = 'processing' and not l.has_ended
            and l.expires_at > clock_timestamp()
        group by l.worker_id
    ), registered as (
        select worker, place
        from jsonb_array_elements(private.live_workers(p_worker_type)) with ordinality live (worker, place)
    )
    select coalesce(
        jsonb_agg(
            coalesce(r.worker, jsonb_build_object('worker_id', b.worker_id, 'status', 'healthy'))
                || jsonb_build_object('running', coalesce(b.running, 0))
            order by r.place, b.worker_id
        ),
        '[]'
    )
    from registered r full join busy b on b.worker_id = r.worker ->> 'worker_id'
$$;

grant execute on function
    public.register_worker(text, text, text, boolean, text, jsonb),
    public.active_worker(text),
    public.list_workers(),
    public.claim_health_checks(),
    public.record_worker_health(text, text, text, boolean, integer, text)
to service_role;

-- One row for each time that a user's request went to a model. Apart from what was said, which users may delete.
create table public.model_asks (
    user_id uuid not null references public.profiles (id) on delete cascade,
    asked_at timestamptz not null default clock_timestamp()
);
create index model_asks_user on public.model_asks (user_id, asked_at desc);
create index model_asks_asked on public.model_asks (asked_at);
alter table public.model_asks enable row level security;

-- Null, and the ask is counted; or rate_limited, where `system_config` has the limit in `model_asks_per_minute`. The caller
-- holds the lock of the profile.
create function private.ask_model(p_user_id uuid) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    v_limit integer := coalesce(
        ((select config from public.system_config) ->> 'model_asks_per_minute')::integer, 20
    );
    v_since timestamptz;
begin
    select asked_at into v_since from public.model_asks
    where user_id = p_user_id order by asked_at desc offset v_limit - 1 limit 1;
    if v_since > clock_timestamp() - interval '1 minute' then
        return jsonb_build_object(
            'outcome', 'rate_limited', 'limit', v_limit,
            'retry_after', ceil(extract(epoch from v_since + interval '1 minute' - clock_timestamp()))::integer
        );
    end if;
    insert into public.model_asks (user_id) values (p_user_id);
    return null;
end
$$;
