-- Supabase Auth's schema, as far as the local Auth, migrations and row-level security use it: real names, real types.
-- Source: https://supabase.com/docs/guides/auth/users, https://supabase.com/docs/guides/auth/sessions

create schema auth authorization supabase_auth_admin;
grant usage on schema auth to postgres, anon, authenticated, service_role;
-- As hosted: a sign-up trigger that names no schema finds nothing in public.
alter role supabase_auth_admin set search_path = auth;

set local role supabase_auth_admin;

create type auth.aal_level as enum ('aal1', 'aal2', 'aal3');

create table auth.users (
    instance_id uuid default '00000000-0000-0000-0000-000000000000',
    id uuid primary key,
    aud varchar(255) default 'authenticated',
    role varchar(255) default 'authenticated',
    email varchar(255) unique,
    encrypted_password varchar(255),
    email_confirmed_at timestamptz,
    invited_at timestamptz,
    last_sign_in_at timestamptz,
    raw_app_meta_data jsonb default '{}',
    raw_user_meta_data jsonb default '{}',
    is_super_admin boolean,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    phone text unique,
    banned_until timestamptz,
    is_anonymous boolean not null default false,
    deleted_at timestamptz
);
create index users_created_at_idx on auth.users (created_at desc);

create table auth.identities (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    provider_id text not null,
    provider text not null,
    identity_data jsonb not null,
    email text generated always as (lower(identity_data ->> 'email')) stored,
    last_sign_in_at timestamptz,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    unique (provider_id, provider)
);
create index identities_user_id_idx on auth.identities (user_id);

create table auth.sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users on delete cascade,
    aal auth.aal_level default 'aal1',
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    refreshed_at timestamp
);
create index sessions_user_id_idx on auth.sessions (user_id);

create table auth.refresh_tokens (
    instance_id uuid default '00000000-0000-0000-0000-000000000000',
    id bigserial primary key,
    token varchar(255) unique,
    user_id varchar(255),
    revoked boolean default false,
    parent varchar(255),
    session_id uuid references auth.sessions on delete cascade,
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);
create index refresh_tokens_session_id_revoked_idx on auth.refresh_tokens (session_id, revoked);

-- As hosted: postgres may read and seed these tables and hang foreign keys and triggers on them, but owns none.
grant all on all tables in schema auth to postgres;
grant all on all sequences in schema auth to postgres;

-- What a policy asks of the caller's token. PostgREST sets request.jwt.claims; older ones set one variable per claim.
-- Every role that may use the schema may call them.
create function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(
        nullif(current_setting('request.jwt.claims', true), ''),
        nullif(current_setting('request.jwt.claim', true), '')
    )::jsonb
$$;

create function auth.uid() returns uuid language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), auth.jwt() ->> 'sub')::uuid
$$;

create function auth.role() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''), auth.jwt() ->> 'role')
$$;

create function auth.email() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.email', true), ''), auth.jwt() ->> 'email')
$$;
