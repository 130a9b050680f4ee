-- Finished outputs, staged in the workspace until they are saved or expire.

create table public.workspace_assets (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    job_id uuid not null references public.jobs (id) on delete cascade,
    asset_index integer not null default 0,
    asset_type text not null check (asset_type in ('image', 'video')),
    temp_storage_path text not null unique,
    thumbnail_path text,
    file_size_bytes bigint not null,
    mime_type text not null,
    width integer,
    height integer,
    duration_seconds numeric(10, 3),
    generation_seed bigint not null,
    original_prompt text not null,
    model_used text not null,
    generation_settings jsonb not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null default clock_timestamp() + interval '7 days',
    unique (job_id, asset_index)
);
create index workspace_assets_user_created on public.workspace_assets (user_id, created_at desc);
create index workspace_assets_expires on public.workspace_assets (expires_at);

alter table public.workspace_assets enable row level security;
create policy "own assets" on public.workspace_assets for select to authenticated
    using (user_id = (select auth.uid()));
grant select on public.workspace_assets to authenticated, service_role;
