-- Workers that have an HTTP face: where they are, when they were last heard of, what their last health check said.

create table public.workers (
    worker_type text not null check (worker_type in ('chat', 'sdxl', 'wan')),
    worker_id text not null,
    url text not null,
    is_automatic boolean not null default false,
    registration_method text not null default 'manual',
    capabilities jsonb not null default '{}',
    registered_at timestamptz not null default clock_timestamp(),
    seen_at timestamptz not null default clock_timestamp(),
    checked_at timestamptz,
    is_healthy boolean,
    response_ms integer,
    health_error text,
    primary key (worker_type, worker_id)
);
comment on column public.workers.is_automatic is
    'It registered itself and does so again as a heartbeat; silent for 90 s, it is gone. Others stay until replaced.';
comment on column public.workers.seen_at is 'When it last registered.';

alter table public.workers enable row level security;
create policy "admins only" on public.workers for select to authenticated using ((select private.is_admin()));
grant select on public.workers to authenticated, service_role;

-- Outcome: registered (with the row). The same worker again is its heartbeat.
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
    v_worker public.workers;
begin
    insert into public.workers as w (worker_type, worker_id, url, is_automatic, registration_method, capabilities)
    values (p_worker_type, p_worker_id, p_url, p_is_automatic, p_registration_method, p_capabilities)
    on conflict (worker_type, worker_id) do update set
        url = excluded.url,
        is_automatic = excluded.is_automatic,
        registration_method = excluded.registration_method,
        capabilities = excluded.capabilities,
        seen_at = excluded.seen_at,
        registered_at = case when w.url = excluded.url then w.registered_at else excluded.registered_at end,
        -- What was seen at another URL says nothing of this one.
        checked_at = case when w.url = excluded.url then w.checked_at end,
        is_healthy = case when w.url = excluded.url then w.is_healthy end,
        response_ms = case when w.url = excluded.url then w.response_ms end,
        health_error = case when w.url = excluded.url then w.health_error end
    returning * into v_worker;
    return jsonb_build_object('outcome', 'registered', 'worker', to_jsonb(v_worker));
end
$$;

-- Outcomes: found (with the live worker of that type that was found healthy last, else the newest), none.
create function public.active_worker(p_worker_type text) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(
        (
            select jsonb_build_object('outcome', 'found', 'worker', to_jsonb(w))
            from public.workers w
            where worker_type = p_worker_type
                and (not is_automatic or seen_at > clock_timestamp() - interval '90 seconds')
            order by is_healthy desc nulls last, seen_at desc
            limit 1
        ),
        jsonb_build_object('outcome', 'none')
    )
$$;

grant execute on function
    public.register_worker(text, text, text, boolean, text, jsonb),
    public.active_worker(text)
to service_role;
