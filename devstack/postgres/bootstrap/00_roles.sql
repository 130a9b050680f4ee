-- Roles, schemas and privileges of a new hosted project. Runs as supabase_admin, the only superuser.
-- Source: https://supabase.com/docs/guides/database/postgres/roles

create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator login noinherit password 'postgres';
create role supabase_auth_admin login noinherit password 'postgres';
create role supabase_storage_admin login noinherit password 'postgres';
-- As hosted: may create roles, databases and publications and bypasses row-level security, but is no superuser.
create role postgres login createrole createdb replication bypassrls password 'postgres';

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_storage_admin;
grant anon, authenticated, service_role to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend, pg_checkpoint to postgres;

alter database postgres owner to postgres;
grant all on database postgres to postgres;
alter schema public owner to postgres;
revoke create on schema public from public;
grant usage on schema public to anon, authenticated, service_role;

create schema extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
create extension pgcrypto schema extensions;
grant execute on all functions in schema extensions to postgres, anon, authenticated, service_role;

-- Nothing in public is granted by default: a new project's tables are invisible to the API until a migration grants
-- them. Functions keep PostgreSQL's own default (PUBLIC may execute), as hosted, so a migration has to revoke that.

-- Row filters run under these limits on a hosted project.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role postgres set search_path = public, extensions;
alter role authenticator set search_path = public, extensions;

create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
