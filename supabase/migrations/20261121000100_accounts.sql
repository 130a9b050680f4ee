-- Who there is: profiles, roles, the credits ledger, and what a sign-up creates.

-- Here everything is granted by name. PostgreSQL lets everyone execute a new function, and an older hosted project lets
-- the API's roles do everything with whatever lies in public.
alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

-- Helpers that only other functions call; the API does not see this schema.
create schema private;

create type public.app_role as enum ('admin', 'moderator', 'premium_user', 'basic_user', 'guest');

create table public.profiles (
    id uuid primary key references auth.users (id) on delete cascade,
    username text unique,
    subscription_status text not null default 'inactive'
        check (subscription_status in ('inactive', 'starter', 'pro', 'creator')),
    token_balance numeric(12, 2) not null default 0,
    age_verified boolean not null default false,
    birth_date date,
    age_verification_date timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
comment on column public.profiles.token_balance is
    'Minus the sum of the user''s usage_logs.credits_consumed; only functions write it.';

create table public.user_roles (
    user_id uuid not null references auth.users (id) on delete cascade,
    role public.app_role not null,
    created_at timestamptz not null default now(),
    primary key (user_id, role)
);

create table public.usage_logs (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    action text not null check (action in ('signup_grant', 'grant', 'generation', 'refund')),
    credits_consumed numeric(10, 2) not null,
    metadata jsonb not null default '{}',
    format text,
    quality text,
    created_at timestamptz not null default now()
);
comment on table public.usage_logs is
    'The credits ledger. A debit is positive, a grant or a refund negative. Rows are never changed.';
create index usage_logs_user_created on public.usage_logs (user_id, created_at desc);

create function public.has_role(p_user_id uuid, p_role public.app_role) returns boolean
language sql stable security definer set search_path = ''
as $$
    select exists (select 1 from public.user_roles where user_id = p_user_id and role = p_role)
$$;

create function private.is_admin() returns boolean
language sql stable security definer set search_path = ''
as $$
    select public.has_role((select auth.uid()), 'admin')
$$;

-- Outcomes: admin, forbidden.
create function public.check_admin(p_user_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('outcome', case when public.has_role(p_user_id, 'admin') then 'admin' else 'forbidden' end)
$$;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;

create trigger profiles_touch_updated_at before update on public.profiles
    for each row execute function private.touch_updated_at();

-- A failure here fails the sign-up: an account without a profile could never submit a job.
create function private.handle_new_user() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
    granted constant numeric := 100;
begin
    insert into public.profiles (id, token_balance) values (new.id, granted);
    insert into public.user_roles (user_id, role) values (new.id, 'basic_user');
    insert into public.usage_logs (user_id, action, credits_consumed) values (new.id, 'signup_grant', -granted);
    return new;
end
$$;

create trigger on_auth_user_created after insert on auth.users
    for each row execute function private.handle_new_user();

alter table public.profiles enable row level security;
alter table public.user_roles enable row level security;
alter table public.usage_logs enable row level security;

create policy "own profile, or any for an admin" on public.profiles for select to authenticated
    using (id = (select auth.uid()) or (select private.is_admin()));
create policy "own name" on public.profiles for update to authenticated
    using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy "own roles, or any for an admin" on public.user_roles for select to authenticated
    using (user_id = (select auth.uid()) or (select private.is_admin()));
create policy "own ledger, or any for an admin" on public.usage_logs for select to authenticated
    using (user_id = (select auth.uid()) or (select private.is_admin()));

grant usage on schema private to authenticated;
grant execute on function private.is_admin() to authenticated;
grant execute on function public.has_role(uuid, public.app_role), public.check_admin(uuid) to service_role;
grant select on public.profiles, public.user_roles, public.usage_logs to authenticated, service_role;
grant update (username) on public.profiles to authenticated;
grant update (age_verified, age_verification_date, subscription_status) on public.profiles to service_role;
grant insert, delete on public.user_roles to service_role;
