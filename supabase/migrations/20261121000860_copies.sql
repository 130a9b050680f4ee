-- Bringing a library asset back into the workspace: a completed job with one asset, that no worker ever ran.

-- Outcomes: planned (with the asset), exists (with workspace_asset_id), not_found.
create function public.plan_copy(p_user_id uuid, p_library_asset_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(
        (
            select case when w.id is null
                then jsonb_build_object('outcome', 'planned', 'asset', to_jsonb(l))
                else jsonb_build_object('outcome', 'exists', 'workspace_asset_id', w.id)
            end
            from public.user_library l
            left join public.workspace_assets w on w.library_asset_id = l.id
                and private.lies_at('workspace-temp', w.temp_storage_path, w.file_size_bytes)
            where l.id = p_library_asset_id and l.user_id = p_user_id
        ),
        jsonb_build_object('outcome', 'not_found')
    )
$$;

-- After the objects were copied to these paths. Outcomes: copied, exists (both with workspace_asset_id), not_found,
-- not_verified. `objects` are for the caller to delete: a copy that was not needed.
create function public.finish_copy(
    p_user_id uuid, p_library_asset_id uuid, p_job_id uuid, p_path text, p_thumbnail_path text
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_library public.user_library;
    v_asset public.workspace_assets;
    v_outcome text;
begin
    perform private.lock_assets(p_user_id);
    select * into v_library from public.user_library where id = p_library_asset_id and user_id = p_user_id;
    select * into v_asset from public.workspace_assets where library_asset_id = v_library.id for update;
    if v_library.id is null then
        v_outcome := 'not_found';
    elsif private.lies_at('workspace-temp', v_asset.temp_storage_path, v_asset.file_size_bytes) then
        v_outcome := 'exists';
    elsif not private.lies_at('workspace-temp', p_path, v_library.file_size_bytes) then
        v_outcome := 'not_verified';
    else
        -- One whose object was lost makes room.
        delete from public.workspace_assets where id = v_asset.id;
        v_asset := private.stage(v_library, p_job_id, p_path, p_thumbnail_path);
        v_outcome := 'copied';
    end if;
    return jsonb_build_object(
        'outcome', v_outcome,
        'workspace_asset_id', case when v_outcome in ('copied', 'exists') then v_asset.id end,
        'objects', jsonb_build_object('workspace-temp', case
            when v_asset.temp_storage_path is distinct from p_path
                then to_jsonb(array_remove(array[p_path, p_thumbnail_path], null))
            else '[]'
        end)
    );
end
$$;

create function private.stage(p_library public.user_library, p_job_id uuid, p_path text, p_thumbnail_path text)
returns public.workspace_assets
language plpgsql set search_path = ''
as $$
declare
    v_asset public.workspace_assets;
    -- As it was made; by its kind, where the library was filled by somebody else.
    v_job_type text := coalesce(
        p_library.generation_settings #>> '{callback_debug,job_type}',
        case
            when p_library.asset_type = 'video' then 'video_high'
            when p_library.model_used ilike '%sdxl%' then 'sdxl_image_high'
            else 'image_high'
        end
    );
    v_family text := case when v_job_type like 'sdxl%' then 'sdxl' else 'wan' end;
begin
    insert into public.jobs (
        id, user_id, job_type, status, queue, format, quality, model_type, destination, original_prompt,
        enhanced_prompt, config, output_type, output_byte_limit, metadata, progress, stage, completed_at
    ) values (
        p_job_id, p_library.user_id, v_job_type, 'completed', v_family || '_queue', p_library.asset_type,
        case when v_job_type like '%high%' then 'high' else 'fast' end, v_family, 'workspace', p_library.original_prompt,
        p_library.generation_settings ->> 'enhanced_prompt',
        jsonb_strip_nulls(jsonb_build_object('num_images', 1, 'seed', p_library.generation_seed)),
        p_library.mime_type, p_library.file_size_bytes,
        jsonb_build_object(
            'source', 'library_copy', 'library_asset_id', p_library.id, 'model_variant', p_library.model_used,
            'credits', 0
        ),
        1, 'completed', clock_timestamp()
    );
    insert into public.workspace_assets (
        user_id, job_id, asset_type, temp_storage_path, thumbnail_path, file_size_bytes, mime_type, width, height,
        duration_seconds, generation_seed, original_prompt, model_used, generation_settings, library_asset_id
    ) values (
        p_library.user_id, p_job_id, p_library.asset_type, p_path, p_thumbnail_path, p_library.file_size_bytes,
        p_library.mime_type, p_library.width, p_library.height, p_library.duration_seconds, p_library.generation_seed,
        p_library.original_prompt, p_library.model_used,
        private.placed(p_library.generation_settings, 'workspace-temp', p_path) || jsonb_strip_nulls(jsonb_build_object(
            'source', 'library_copy', 'library_asset_id', p_library.id, 'custom_title', p_library.custom_title,
            'tags', p_library.tags
        )),
        p_library.id
    )
    returning * into v_asset;
    return v_asset;
end
$$;

grant execute on function
    public.plan_copy(uuid, uuid),
    public.finish_copy(uuid, uuid, uuid, text, text)
to service_role;
