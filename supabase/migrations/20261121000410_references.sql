-- Reference pictures: how much of them a user may keep, which ones there are, and what a job is told of a missing one.

-- Bytes of the user's references, whoever put them there.
create function private.reference_bytes(p_user_id uuid) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
    return coalesce(sum((metadata ->> 'size')::bigint), 0) from storage.objects
    where bucket_id = 'reference_images' and name like p_user_id || '/%';
end
$$;

-- Null where there is no limit.
create function private.reference_limit() returns bigint
language plpgsql stable set search_path = ''
as $$
begin
    return (select (config ->> 'reference_store_bytes')::bigint from public.system_config);
end
$$;

-- For the policies: Storage asks before it knows how many bytes will come, so the last upload may go beyond the limit.
create function private.has_reference_room() returns boolean
language plpgsql stable security definer set search_path = ''
as $$
begin
    return coalesce(private.reference_bytes((select auth.uid())) < private.reference_limit(), true);
end
$$;
grant execute on function private.has_reference_room() to authenticated;

create policy "upload own references" on storage.objects for insert to authenticated
    with check (
        bucket_id = 'reference_images'
        and (storage.foldername(name))[1] = (select auth.uid())::text
        and (select private.has_reference_room())
    );
create policy "replace own references" on storage.objects for update to authenticated
    using (
        bucket_id = 'reference_images'
        and (storage.foldername(name))[1] = (select auth.uid())::text
    )
    with check (
        bucket_id = 'reference_images'
        and (storage.foldername(name))[1] = (select auth.uid())::text
        and (select private.has_reference_room())
    );

-- Outcomes: stored (the same bytes lie there already), admitted, full (with `used_bytes`, `limit_bytes`).
create function public.admit_reference(p_user_id uuid, p_path text, p_bytes bigint) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    v_used bigint := private.reference_bytes(p_user_id);
    v_limit bigint := private.reference_limit();
begin
    if exists (
        select from storage.objects
        where bucket_id = 'reference_images' and name = p_path and (metadata ->> 'size')::bigint = p_bytes
    ) then
        return jsonb_build_object('outcome', 'stored');
    end if;
    return jsonb_build_object(
        'outcome', case when v_used + p_bytes > v_limit then 'full' else 'admitted' end,
        'used_bytes', v_used, 'limit_bytes', v_limit
    );
end
$$;

-- Newest first, names without the user's folder; p_before is the created_at of the last one of the page before.
-- Outcome: listed.
create function public.list_references(p_user_id uuid, p_before timestamptz default null, p_limit integer default 20)
returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    return jsonb_build_object(
        'outcome', 'listed',
        'used_bytes', private.reference_bytes(p_user_id),
        'limit_bytes', private.reference_limit(),
        'references', coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'name', substr(name, length(p_user_id::text) + 2),
                    'path', name,
                    'size_bytes', (metadata ->> 'size')::bigint,
                    'content_type', metadata ->> 'mimetype',
                    'created_at', created_at
                ) order by created_at desc
            ),
            '[]'
        )
    ) from (
        select * from storage.objects
        where bucket_id = 'reference_images' and name like p_user_id || '/%'
            and (p_before is null or created_at < p_before)
        order by created_at desc
        limit p_limit
    ) page;
end
$$;

-- The path to delete. Outcomes: found, not_found (also for another user's).
create function public.find_reference(p_user_id uuid, p_name text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
    v_path text := p_user_id || '/' || p_name;
begin
    if not exists (select from storage.objects where bucket_id = 'reference_images' and name = v_path) then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    return jsonb_build_object('outcome', 'found', 'path', v_path);
end
$$;

-- Tell the job's owner what an attempt goes on without; once. Outcomes: warned, over, stale_attempt, not_found.
create function public.warn_job(p_job_id uuid, p_attempt integer, p_warning text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs;
    v_answer jsonb;
begin
    select * into v_job from public.jobs where id = p_job_id for update;
    v_answer := private.refuse_attempt(v_job, p_attempt);
    if v_answer is not null then
        return v_answer;
    end if;
    update public.jobs set warnings = warnings || to_jsonb(p_warning) where id = p_job_id and not warnings ? p_warning;
    return jsonb_build_object('outcome', 'warned');
end
$$;

grant execute on function
    public.admit_reference(uuid, text, bigint),
    public.list_references(uuid, timestamptz, integer),
    public.find_reference(uuid, text),
    public.warn_job(uuid, integer, text)
to service_role;
