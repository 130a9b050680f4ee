-- Supabase Storage's schema, as far as its API, migrations and policies use it: real names, real types.
-- Source: https://supabase.com/docs/guides/storage/schema/design, .../schema/helper-functions

create schema storage authorization supabase_storage_admin;
grant usage on schema storage to postgres, anon, authenticated, service_role;
alter role supabase_storage_admin set search_path = storage;

set local role supabase_storage_admin;

create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');

create table storage.buckets (
    id text primary key,
    name text not null unique check (length(name) <= 100),
    owner uuid,
    owner_id text,
    public boolean default false,
    file_size_limit bigint,
    allowed_mime_types text[],
    avif_autodetection boolean default false,
    type storage.buckettype not null default 'STANDARD',
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);
comment on column storage.buckets.owner is 'Deprecated, use owner_id instead';

create table storage.objects (
    id uuid primary key default gen_random_uuid(),
    bucket_id text references storage.buckets,
    name text,
    owner uuid,
    owner_id text,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    last_accessed_at timestamptz default now(),
    metadata jsonb,
    user_metadata jsonb,
    path_tokens text[] generated always as (string_to_array(name, '/')) stored,
    version text
);
comment on column storage.objects.owner is 'Deprecated, use owner_id instead';
create unique index bucketid_objname on storage.objects (bucket_id, name);
create index name_prefix_search on storage.objects (name text_pattern_ops);

alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
-- As hosted: the API's roles get every privilege and row-level security decides; postgres may also pass its own on.
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;
grant all on storage.buckets, storage.objects to postgres with grant option;

-- What a policy asks of an object's name: 'a/b/c.png' has folders {a,b}, filename c.png and extension png.
create function storage.foldername(name text) returns text[] language sql immutable as $$
    select (string_to_array(name, '/'))[:cardinality(string_to_array(name, '/')) - 1]
$$;

create function storage.filename(name text) returns text language sql immutable as $$
    select split_part(name, '/', -1)
$$;

create function storage.extension(name text) returns text language sql immutable as $$
    select split_part(storage.filename(name), '.', -1)
$$;

create function storage.update_updated_at_column() returns trigger language plpgsql as $$
begin
    new.updated_at = now();
    return new;
end
$$;

create trigger update_objects_updated_at before update on storage.objects
    for each row execute function storage.update_updated_at_column();

-- A row deleted by SQL would leave its file behind.
create function storage.protect_delete() returns trigger language plpgsql as $$
begin
    if current_setting('storage.allow_delete_query', true) is distinct from 'true' then
        raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
            using errcode = 'insufficient_privilege',
                hint = 'This prevents accidental data loss from orphaned objects.';
    end if;
    return null;
end
$$;

create trigger protect_buckets_delete before delete on storage.buckets
    for each statement execute function storage.protect_delete();

create trigger protect_objects_delete before delete on storage.objects
    for each statement execute function storage.protect_delete();
