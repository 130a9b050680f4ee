-- Saving workspace assets in the library, and taking them out of the workspace once they are safe there.
--
-- SQL says what is to be copied, the caller copies through the Storage API to paths that were never used before, and SQL
-- looks that the copy is there before anything is written or deleted. A removal that comes late therefore never hits a
-- newer save, and a save that dies half-way leaves only an object that no row names.

-- One change of a user's assets at a time: they lock rows of the workspace and of the library, in either order.
create function private.lock_assets(p_user_id uuid) returns void
language sql set search_path = ''
as $$
    select pg_advisory_xact_lock(hashtextextended('assets of ' || p_user_id, 0))
$$;

-- Whether the object is there, whole.
create function private.lies_at(p_bucket text, p_path text, p_size bigint) returns boolean
language sql stable set search_path = ''
as $$
    select exists (
        select from storage.objects
        where bucket_id = p_bucket and name = p_path and (metadata ->> 'size')::bigint = p_size
    )
$$;

-- Settings that tell where the object lies, for where it lies now.
create function private.placed(p_settings jsonb, p_bucket text, p_path text) returns jsonb
language sql immutable set search_path = ''
as $$
    select case when p_settings ? 'stored_path'
        then p_settings || jsonb_build_object('bucket', p_bucket, 'stored_path', p_path)
        else p_settings
    end
$$;

-- A page of what is to be saved, newest first: the assets of p_asset_ids, of the job, or the whole workspace. p_before
-- and p_before_id are those of the last asset of the page before.
-- Outcomes: planned, not_found (no such job of the user), collection_not_found (no such collection of the user).
create function public.plan_saves(
    p_user_id uuid,
    p_asset_ids uuid[] default null,
    p_job_id uuid default null,
    p_collection_id uuid default null,
    p_before timestamptz default null,
    p_before_id uuid default null,
    p_limit integer default 50
) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
    if p_job_id is not null and not exists (select from public.jobs where id = p_job_id and user_id = p_user_id) then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    if p_collection_id is not null
        and not exists (select from public.user_collections where id = p_collection_id and user_id = p_user_id)
    then
        return jsonb_build_object('outcome', 'collection_not_found');
    end if;
    return jsonb_build_object('outcome', 'planned', 'assets', coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'created_at', a.created_at, 'mime_type', a.mime_type,
        'path', a.temp_storage_path, 'thumbnail_path', a.thumbnail_path,
        'is_saved', exists (
            select from public.user_library l
            where l.user_id = p_user_id and (l.source_asset_id = a.id or l.id = a.library_asset_id)
                and private.lies_at('user-library', l.storage_path, l.file_size_bytes)
        )
    ) order by a.created_at desc, a.id desc), '[]'))
    from (
        select * from public.workspace_assets
        where user_id = p_user_id
            and (p_asset_ids is null or id = any (p_asset_ids))
            and (p_job_id is null or job_id = p_job_id)
            and (p_before is null or (created_at, id) < (p_before, p_before_id))
        order by created_at desc, id desc
        limit p_limit
    ) a;
end
$$;

-- p_saves: for each asset `asset_id` and, where one was made, the copy: `library_asset_id`, `path`, `thumbnail_path`.
-- p_details: `title`, `tags`, `collection_id` for new rows. With p_clears a saved asset leaves the workspace.
-- Each result's outcome: saved, already_saved (both with library_asset_id), not_found, not_verified (nothing was written
-- or deleted). `objects` are for the caller to delete, by bucket.
create function public.finish_saves(
    p_user_id uuid, p_saves jsonb, p_clears boolean default false, p_details jsonb default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_collection_id uuid;
    v_save record;
    v_asset public.workspace_assets;
    v_kept public.user_library;
    v_outcome text;
    v_results jsonb := '[]';
    v_staged text[] := '{}';
    v_copies text[] := '{}';
begin
    perform private.lock_assets(p_user_id);
    -- None when it went since the plan, as for the assets that were in it.
    select id into v_collection_id from public.user_collections
    where id = (p_details ->> 'collection_id')::uuid and user_id = p_user_id for key share;

    for v_save in
        select * from jsonb_to_recordset(p_saves)
            as save (asset_id uuid, library_asset_id uuid, path text, thumbnail_path text)
    loop
        select * into v_asset from public.workspace_assets
        where id = v_save.asset_id and user_id = p_user_id for update;
        select * into v_kept from public.user_library
        where user_id = p_user_id and (source_asset_id = v_save.asset_id or id = v_asset.library_asset_id);

        if private.lies_at('user-library', v_kept.storage_path, v_kept.file_size_bytes) then
            v_outcome := 'already_saved';
        elsif v_asset.id is null then
            v_outcome := 'not_found';
        elsif not private.lies_at('user-library', v_save.path, v_asset.file_size_bytes) then
            v_outcome := 'not_verified';
        elsif v_kept.id is null then
            v_kept := private.keep(
                v_asset, v_save.library_asset_id, v_save.path, v_save.thumbnail_path, v_collection_id, p_details
            );
            v_outcome := 'saved';
        else
            -- The row is there, its object was lost.
            update public.user_library
            set storage_path = v_save.path, thumbnail_path = v_save.thumbnail_path,
                generation_settings = private.placed(generation_settings, 'user-library', v_save.path)
            where id = v_kept.id
            returning * into v_kept;
            v_outcome := 'saved';
        end if;

        if v_save.path is distinct from v_kept.storage_path then
            v_copies := v_copies || array[v_save.path, v_save.thumbnail_path];
        end if;
        if v_outcome in ('saved', 'already_saved') and p_clears then
            delete from public.workspace_assets where id = v_asset.id;
            v_staged := v_staged || array[v_asset.temp_storage_path, v_asset.thumbnail_path];
        elsif v_outcome in ('saved', 'already_saved') then
            update public.workspace_assets set save_due_at = null where id = v_asset.id and save_due_at is not null;
        end if;
        v_results := v_results || jsonb_build_object(
            'asset_id', v_save.asset_id, 'outcome', v_outcome,
            'library_asset_id', case when v_outcome in ('saved', 'already_saved') then v_kept.id end
        );
    end loop;
    return jsonb_build_object('outcome', 'finished', 'results', v_results, 'objects', jsonb_build_object(
        'workspace-temp', to_jsonb(array_remove(v_staged, null)),
        'user-library', to_jsonb(array_remove(v_copies, null))
    ));
end
$$;

-- The asset's row in the library. A copy out of it brings its title and tags back.
create function private.keep(
    p_asset public.workspace_assets, p_id uuid, p_path text, p_thumbnail_path text, p_collection_id uuid, p_details jsonb
) returns public.user_library
language sql set search_path = ''
as $$
    insert into public.user_library (
        id, user_id, asset_type, storage_path, thumbnail_path, file_size_bytes, mime_type, width, height,
        duration_seconds, original_prompt, model_used, generation_seed, generation_settings, collection_id, custom_title,
        tags, source_asset_id
    ) values (
        p_id, p_asset.user_id, p_asset.asset_type, p_path, p_thumbnail_path, p_asset.file_size_bytes, p_asset.mime_type,
        p_asset.width, p_asset.height, p_asset.duration_seconds, p_asset.original_prompt, p_asset.model_used,
        p_asset.generation_seed,
        private.placed(
            p_asset.generation_settings - '{custom_title,tags,workspace_dismissed}'::text[], 'user-library', p_path
        ),
        p_collection_id,
        coalesce(p_details ->> 'title', p_asset.generation_settings ->> 'custom_title'),
        array(select jsonb_array_elements_text(
            coalesce(p_details -> 'tags', p_asset.generation_settings -> 'tags', '[]')
        )),
        p_asset.id
    )
    returning *
$$;

-- The assets of jobs with destination library that are not saved yet: of that job, or those whose time has come. The
-- caller saves them; if it dies over it they are due again two minutes later.
create function public.claim_due_saves(p_job_id uuid default null, p_limit integer default 50) returns jsonb
language sql security definer set search_path = ''
as $$
    with due as (
        select id from public.workspace_assets
        where save_due_at is not null
            and case when p_job_id is null then save_due_at < clock_timestamp() else job_id = p_job_id end
        order by save_due_at
        limit p_limit
        for update skip locked
    ), claimed as (
        update public.workspace_assets a set save_due_at = clock_timestamp() + interval '2 minutes'
        from due where a.id = due.id
        returning a.user_id, a.id
    ), by_user as (
        select user_id, jsonb_agg(id) as asset_ids from claimed group by user_id
    )
    select jsonb_build_object('outcome', 'claimed', 'saves', coalesce(
        jsonb_agg(jsonb_build_object('user_id', user_id, 'asset_ids', asset_ids)), '[]'
    )) from by_user
$$;

-- Take an asset out of the workspace or the library, with its objects, which the caller deletes. p_source: look in that
-- one only. Outcomes: deleted (with `source` and `objects` by bucket), not_found (also for another user's asset).
create function public.delete_asset(p_user_id uuid, p_asset_id uuid, p_source text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_paths text[];
begin
    perform private.lock_assets(p_user_id);
    if p_source is distinct from 'library' then
        delete from public.workspace_assets where id = p_asset_id and user_id = p_user_id
        returning array[temp_storage_path, thumbnail_path] into v_paths;
        if found then
            return private.deleted_from('workspace', 'workspace-temp', v_paths);
        end if;
    end if;
    if p_source is distinct from 'workspace' then
        delete from public.user_library where id = p_asset_id and user_id = p_user_id
        returning array[storage_path, thumbnail_path] into v_paths;
        if found then
            return private.deleted_from('library', 'user-library', v_paths);
        end if;
    end if;
    return jsonb_build_object('outcome', 'not_found');
end
$$;

create function private.deleted_from(p_source text, p_bucket text, p_paths text[]) returns jsonb
language sql immutable set search_path = ''
as $$
    select jsonb_build_object(
        'outcome', 'deleted', 'source', p_source,
        'objects', jsonb_build_object(p_bucket, array_remove(p_paths, null))
    )
$$;

grant execute on function
    public.plan_saves(uuid, uuid[], uuid, uuid, timestamptz, uuid, integer),
    public.finish_saves(uuid, jsonb, boolean, jsonb),
    public.claim_due_saves(uuid, integer),
    public.delete_asset(uuid, uuid, text)
to service_role;
