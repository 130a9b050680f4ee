-- Jobs and what belongs to them. Postgres is the truth; Redis only holds the few jobs handed out.

create table public.queues (
    name text primary key,
    handout_window integer not null default 4 check (handout_window > 0),
    turn bigint not null default 0,
    is_paused boolean not null default false,
    queue_ttl interval not null default '24 hours',
    attempt_limit interval not null default '15 minutes'
);
comment on column public.queues.handout_window is 'How many jobs may be handed out and not yet claimed.';
comment on column public.queues.turn is 'The highest turn that was handed out; a user who was away joins in about there.';
comment on column public.queues.queue_ttl is 'A job that waited this long since its submission fails.';
comment on column public.queues.attempt_limit is 'An attempt that runs this long is ended.';

insert into public.queues (name) values ('sdxl_queue'), ('wan_queue'), ('chat_queue');

create table public.jobs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    job_type text not null,
    status text not null default 'queued'
        check (status in ('queued', 'processing', 'completed', 'failed', 'cancelled')),
    queue text not null references public.queues (name),
    format text not null check (format in ('image', 'video', 'text')),
    quality text not null check (quality in ('fast', 'high')),
    model_type text not null check (model_type in ('sdxl', 'wan', 'chat')),
    destination text not null default 'workspace' check (destination in ('workspace', 'library')),

    original_prompt text not null,
    enhanced_prompt text,
    template_name text,
    enhancement_strategy text,
    enhancement_time_ms integer,
    compel_weights jsonb,
    config jsonb not null default '{}',
    output_type text not null,
    output_byte_limit bigint not null,
    metadata jsonb not null default '{}',
    warnings jsonb not null default '[]',

    progress real not null default 0 check (progress between 0 and 1),
    stage text not null default 'queued',
    result jsonb,
    error_code text,
    error_message text,

    priority integer not null default 0,
    turn bigint not null default 0,
    handout integer not null default 0,
    handed_out_at timestamptz,
    attempts integer not null default 0,
    failures integer not null default 0,
    max_attempts integer not null default 3,
    not_before timestamptz,
    cancel_requested_at timestamptz,
    idempotency_key text,
    request_hash text,
    replay_of uuid references public.jobs (id) on delete set null,

    project_id uuid,
    video_id uuid,
    image_id uuid,
    workspace_session_id uuid,
    moderation_status text not null default 'pending'
        check (moderation_status in ('pending', 'approved', 'rejected', 'flagged')),
    quality_rating numeric(7, 2),
    created_at timestamptz not null default clock_timestamp(),
    started_at timestamptz,
    completed_at timestamptz,

    constraint jobs_ended_has_time
        check ((status in ('completed', 'failed', 'cancelled')) = (completed_at is not null)),
    constraint jobs_handed_out_is_queued check (handed_out_at is null or status = 'queued'),
    constraint jobs_idempotency unique (user_id, idempotency_key)
);
comment on column public.jobs.turn is 'Jobs of one priority run by turn: round robin over users.';
comment on column public.jobs.replay_of is 'The failed job that an admin had run again.';
comment on column public.jobs.config is
    'Effective numbers of the request: num_images, seed, steps, guidance, size, frames.';
comment on column public.jobs.output_type is
    'Media type that every output object must have; its largest size is output_byte_limit.';
comment on column public.jobs.handout is 'Number of the latest hand-out; an older queue token claims nothing.';
comment on column public.jobs.handed_out_at is 'Set while that hand-out is not yet claimed.';
comment on column public.jobs.attempts is
    'Number of the latest attempt; it only grows, and an older one changes nothing.';
comment on column public.jobs.failures is 'Attempts that failed; max_attempts of them end the job.';

create index jobs_user_created on public.jobs (user_id, created_at desc);
create index jobs_waiting on public.jobs (queue, priority desc, turn, created_at)
    where status = 'queued' and handed_out_at is null;
create index jobs_turns on public.jobs (user_id, queue, turn desc);
create index jobs_handed_out on public.jobs (queue, handed_out_at) where handed_out_at is not null;

-- Apart from jobs, so that a renewal every few seconds is not a realtime message to every client.
create table public.job_leases (
    job_id uuid primary key references public.jobs (id) on delete cascade,
    attempt integer not null,
    worker_id text not null,
    claim_id text not null,
    claimed_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null,
    has_ended boolean not null default false,
    is_legacy boolean not null default false,
    progress_written_at timestamptz not null default '-infinity'
);
comment on column public.job_leases.has_ended is
    'The sweep gave the job back to the queue; the attempt may still take it back until a newer one claims it.';
comment on column public.job_leases.is_legacy is
    'Taken by a worker without a queue token; its objects lie at {user}/{job}/{index}, without an attempt number.';
create index job_leases_running on public.job_leases (expires_at) where not has_ended;

create table public.job_outputs (
    job_id uuid not null references public.jobs (id) on delete cascade,
    asset_index integer not null check (asset_index >= 0),
    attempt integer not null,
    path text not null,
    thumbnail_path text,
    size_bytes bigint not null,
    mime_type text not null,
    version text not null,
    metadata jsonb not null default '{}',
    delivered_at timestamptz not null default clock_timestamp(),
    primary key (job_id, asset_index)
);
comment on table public.job_outputs is
    'Outputs that lie in storage, so that a new attempt makes only the missing ones.';

create table public.sweeps (
    id boolean primary key default true check (id),
    last_run timestamptz not null default clock_timestamp()
);
insert into public.sweeps default values;

alter table public.queues enable row level security;
alter table public.jobs enable row level security;
alter table public.job_leases enable row level security;
alter table public.job_outputs enable row level security;
alter table public.sweeps enable row level security;

create policy "own jobs, or any for an admin" on public.jobs for select to authenticated
    using (user_id = (select auth.uid()) or (select private.is_admin()));

grant select on public.jobs to authenticated;
grant select on public.jobs, public.queues, public.job_leases, public.job_outputs to service_role;
grant update (handout_window, is_paused, queue_ttl, attempt_limit) on public.queues to service_role;
-- service_role bypasses row-level security; nobody else reads the tables without a policy.
