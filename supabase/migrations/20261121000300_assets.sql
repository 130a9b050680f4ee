-- Finished outputs, staged in the workspace until they are saved or expire.

create table public.workspace_assets (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    job_id uuid not null references public.jobs (id) on delete cascade,
    asset_index integer not null default 0,
    asset_type text not null check (asset_type in ('image', 'video')),
    temp_storage_path text not null unique,
    thumbnail_path text unique,
    file_size_bytes bigint not null,
    mime_type text not null,
    width integer,
    height integer,
    duration_seconds numeric(10, 3),
    generation_seed bigint,
    original_prompt text not null,
    model_used text not null,
    generation_settings jsonb not null default '{}',
    save_due_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz not null default clock_timestamp() + interval '7 days',
    unique (job_id, asset_index),
    -- The service copies and deletes what a row names: no row may name another user's object.
    constraint workspace_assets_own_objects check (
        starts_with(temp_storage_path, user_id || '/') and starts_with(thumbnail_path, user_id || '/') is not false
    )
);
comment on column public.workspace_assets.generation_seed is
    'Null only for a copy of a library asset whose seed nobody knows.';
comment on column public.workspace_assets.generation_settings is
    'How it was made. Its user writes workspace_dismissed (not shown any more), and nothing else of it.';
comment on column public.workspace_assets.save_due_at is
    'Of a job with destination library, until it is saved: when the sweep tries next.';
create index workspace_assets_user_created on public.workspace_assets (user_id, created_at desc, id desc);
create index workspace_assets_expires on public.workspace_assets (expires_at);
create index workspace_assets_save_due on public.workspace_assets (save_due_at) where save_due_at is not null;

alter table public.workspace_assets enable row level security;
create policy "own assets" on public.workspace_assets for select to authenticated
    using (user_id = (select auth.uid()));
create policy "dismiss own assets" on public.workspace_assets for update to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant select on public.workspace_assets to authenticated, service_role;
grant update (generation_settings) on public.workspace_assets to authenticated;

-- Clients send the settings whole, as they read them; what is said of how a picture was made stays the worker's.
create function private.keep_settings() returns trigger
language plpgsql set search_path = ''
as $$
declare
    v_flag jsonb := new.generation_settings -> 'workspace_dismissed';
begin
    new.generation_settings := old.generation_settings;
    if jsonb_typeof(v_flag) = 'boolean' then
        new.generation_settings := new.generation_settings || jsonb_build_object('workspace_dismissed', v_flag);
    end if;
    return new;
end
$$;

create trigger workspace_assets_keep_settings before update of generation_settings on public.workspace_assets
    for each row when (current_user = 'authenticated') execute function private.keep_settings();
