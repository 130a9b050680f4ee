-- What the documents still name but nothing uses: sessions of a workspace and their items. The tables are empty and stay
-- so; the calls say which function took their place.

create table public.workspace_sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references auth.users (id) on delete cascade,
    session_name text,
    is_active boolean not null default true,
    created_at timestamptz not null default clock_timestamp()
);
comment on table public.workspace_sessions is 'Deprecated and empty: workspace_assets need no session.';

create table public.workspace_items (
    id uuid primary key default gen_random_uuid(),
    session_id uuid not null references public.workspace_sessions (id) on delete cascade,
    user_id uuid not null references auth.users (id) on delete cascade,
    status text not null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
);
comment on table public.workspace_items is 'Deprecated and empty: results are workspace_assets.';

alter table public.workspace_sessions enable row level security;
alter table public.workspace_items enable row level security;
create policy "admins only" on public.workspace_sessions for select to authenticated
    using ((select private.is_admin()));
create policy "admins only" on public.workspace_items for select to authenticated
    using ((select private.is_admin()));
grant select on public.workspace_sessions, public.workspace_items to authenticated;

-- PostgREST answers this code as HTTP 410 (https://postgrest.org/en/v12/references/errors.html).
create function private.raise_gone(p_name text, p_instead text) returns void
language plpgsql set search_path = ''
as $$
begin
    raise sqlstate 'PT410' using
        message = format('%s is deprecated: workspace sessions and their items no longer exist.', p_name),
        hint = p_instead;
end
$$;

create function public.create_workspace_session(p_user_id uuid, p_session_name text) returns uuid
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.raise_gone('create_workspace_session', 'Call queue-job: results need no session.');
end
$$;

create function public.save_workspace_item_to_library(p_workspace_item_id uuid, p_user_id uuid) returns uuid
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.raise_gone(
        'save_workspace_item_to_library', 'Call workspace-actions with action save_to_library and assetId.'
    );
end
$$;

create function public.clear_workspace_session(p_session_id uuid, p_user_id uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
    perform private.raise_gone(
        'clear_workspace_session', 'Call workspace-actions with action clear_workspace, or clear_job and jobId.'
    );
end
$$;

grant execute on function
    public.create_workspace_session(uuid, text),
    public.save_workspace_item_to_library(uuid, uuid),
    public.clear_workspace_session(uuid, uuid)
    to authenticated;
