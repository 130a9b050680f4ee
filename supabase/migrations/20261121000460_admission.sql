-- Who may submit what, and when: maintenance, full queues, jobs in flight, rate, credits.

create table public.system_config (
    id bigint primary key default 1 check (id = 1),
    config jsonb not null default '{}',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on table public.system_config is
    'One row. maintenance: a sentence for users, or absent; jobs_per_minute, jobs_in_flight and reference_store_bytes: of '
    'one user.';
insert into public.system_config (config)
values ('{"jobs_per_minute": 10, "jobs_in_flight": 10, "reference_store_bytes": 1073741824}');

create trigger system_config_touch_updated_at before update on public.system_config
    for each row execute function private.touch_updated_at();

alter table public.system_config enable row level security;
create policy "admins only" on public.system_config for select to authenticated
    using ((select private.is_admin()));
grant select on public.system_config to authenticated, service_role;
grant update (config) on public.system_config to service_role;

alter table public.queues add column waiting_limit integer not null default 1000 check (waiting_limit > 0);
comment on column public.queues.waiting_limit is 'A submission to a queue that holds this many waiting jobs is refused.';
grant update (waiting_limit) on public.queues to service_role;

create index jobs_in_flight on public.jobs (user_id) where status in ('queued', 'processing');

-- Null when the user may submit the job, else the answer to give: adult_not_verified, maintenance, too_many_jobs,
-- rate_limited, insufficient_credits. The caller holds the lock of the profile, so that two submissions of one user are
-- counted one after the other.
create function private.refuse_submission(p_profile public.profiles, p_job public.jobs, p_credits numeric)
returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    v_config jsonb := (select config from public.system_config);
    v_limit integer;
    v_since timestamptz;
begin
    if p_job.config ->> 'content_mode' = 'nsfw' and not p_profile.age_verified then
        return jsonb_build_object('outcome', 'adult_not_verified');
    end if;
    if v_config ->> 'maintenance' is not null then
        return jsonb_build_object('outcome', 'maintenance', 'message', v_config -> 'maintenance');
    end if;

    v_limit := (v_config ->> 'jobs_in_flight')::integer;
    if (
        select count(*) from public.jobs where user_id = p_profile.id and status in ('queued', 'processing')
    ) >= v_limit then
        return jsonb_build_object('outcome', 'too_many_jobs', 'limit', v_limit);
    end if;

    v_limit := (v_config ->> 'jobs_per_minute')::integer;
    -- Completed without an attempt: a library asset that was copied into the workspace.
    select created_at into v_since from public.jobs
    where user_id = p_profile.id and (attempts > 0 or status <> 'completed')
    order by created_at desc offset v_limit - 1 limit 1;
    if v_since > clock_timestamp() - interval '1 minute' then
        return jsonb_build_object(
            'outcome', 'rate_limited', 'limit', v_limit,
            'retry_after', ceil(extract(epoch from v_since + interval '1 minute' - clock_timestamp()))::integer
        );
    end if;

    if p_credits > 0 and p_profile.token_balance < p_credits then
        return jsonb_build_object(
            'outcome', 'insufficient_credits', 'balance', p_profile.token_balance, 'credits', p_credits
        );
    end if;
    return null;
end
$$;
