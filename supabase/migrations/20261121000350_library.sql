-- What users keep: their library, in collections of theirs.

create table public.user_collections (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
    name text not null check (length(name) between 1 and 200),
    description text check (length(description) <= 2000),
    asset_count integer not null default 0,
    created_at timestamptz not null default clock_timestamp(),
    unique (user_id, id)
);

create table public.user_library (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    asset_type text not null check (asset_type in ('image', 'video')),
    storage_path text not null unique,
    thumbnail_path text unique,
    file_size_bytes bigint not null,
    mime_type text not null,
    width integer,
    height integer,
    duration_seconds numeric(10, 3),
    original_prompt text not null,
    model_used text not null,
    generation_seed bigint,
    generation_settings jsonb not null default '{}',
    collection_id uuid,
    custom_title text check (length(custom_title) between 1 and 200),
    tags text[] not null default '{}'
        check (cardinality(tags) <= 50 and length(array_to_string(tags, '')) <= 2500 and array_position(tags, null) is null),
    is_favorite boolean not null default false,
    visibility text not null default 'private' check (visibility in ('private', 'unlisted', 'public')),
    content_category text not null default 'general',
    roleplay_metadata jsonb not null default '{}',
    source_asset_id uuid,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    unique (user_id, source_asset_id),
    -- Whoever writes it, a collection is the user's own.
    foreign key (user_id, collection_id) references public.user_collections (user_id, id)
        on delete set null (collection_id),
    constraint user_library_own_objects check (
        starts_with(storage_path, user_id || '/') and starts_with(thumbnail_path, user_id || '/') is not false
    )
);
comment on column public.user_library.source_asset_id is
    'The workspace asset that was saved, so that it is saved once; it may be gone.';
create index user_library_user_created on public.user_library (user_id, created_at desc, id desc);
create index user_library_collection on public.user_library (collection_id, created_at desc);

create trigger user_library_touch_updated_at before update on public.user_library
    for each row execute function private.touch_updated_at();

create function private.count_collected() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    if tg_op <> 'INSERT' then
        update public.user_collections set asset_count = asset_count - 1 where id = old.collection_id;
    end if;
    if tg_op <> 'DELETE' then
        update public.user_collections set asset_count = asset_count + 1 where id = new.collection_id;
    end if;
    return null;
end
$$;

create trigger user_library_count after insert or delete on public.user_library
    for each row execute function private.count_collected();
create trigger user_library_recount after update of collection_id on public.user_library
    for each row when (old.collection_id is distinct from new.collection_id)
    execute function private.count_collected();

alter table public.workspace_assets
    add column library_asset_id uuid unique references public.user_library (id) on delete set null;
comment on column public.workspace_assets.library_asset_id is 'The library asset that it is a copy of, while there is one.';

alter table public.user_collections enable row level security;
alter table public.user_library enable row level security;

create policy "own collections" on public.user_collections for select to authenticated
    using (user_id = (select auth.uid()));
create policy "make own collections" on public.user_collections for insert to authenticated
    with check (user_id = (select auth.uid()));
create policy "rename own collections" on public.user_collections for update to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "delete own collections" on public.user_collections for delete to authenticated
    using (user_id = (select auth.uid()));
create policy "own library" on public.user_library for select to authenticated
    using (user_id = (select auth.uid()));
create policy "arrange own library" on public.user_library for update to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));

grant select on public.user_collections, public.user_library to authenticated, service_role;
grant insert (user_id, name, description), update (name, description), delete on public.user_collections to authenticated;
grant update (custom_title, tags, is_favorite, collection_id) on public.user_library to authenticated;
