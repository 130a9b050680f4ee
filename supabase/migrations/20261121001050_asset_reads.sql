-- What the assets function reads: workspace and library as one list.

create function private.workspace_view(p_asset public.workspace_assets) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object('source', 'workspace') || to_jsonb(p_asset)
$$;

-- With the job that made it, where that is known.
create function private.library_view(p_asset public.user_library) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object('source', 'library', 'job_id', p_asset.generation_settings -> 'original_job_id')
        || to_jsonb(p_asset)
$$;

-- Outcomes: found, not_found (also for another user's asset).
create function public.get_asset(p_user_id uuid, p_asset_id uuid) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(
        (
            select jsonb_build_object('outcome', 'found', 'asset', private.workspace_view(w))
            from public.workspace_assets w where w.id = p_asset_id and w.user_id = p_user_id
        ),
        (
            select jsonb_build_object('outcome', 'found', 'asset', private.library_view(l))
            from public.user_library l where l.id = p_asset_id and l.user_id = p_user_id
        ),
        jsonb_build_object('outcome', 'not_found')
    )
$$;

-- Newest first. p_before and p_before_id are those of the last asset of the page before; favourites and collections are
-- in the library only.
create function public.list_assets(
    p_user_id uuid,
    p_source text default null,
    p_asset_type text default null,
    p_job_id uuid default null,
    p_is_favorite boolean default null,
    p_collection_id uuid default null,
    p_before timestamptz default null,
    p_before_id uuid default null,
    p_limit integer default 50
) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('outcome', 'listed', 'assets', coalesce(
        jsonb_agg(asset order by created_at desc, id desc), '[]'
    ))
    from (
        (
            select w.created_at, w.id, private.workspace_view(w) as asset
            from public.workspace_assets w
            where w.user_id = p_user_id
                and p_source is distinct from 'library'
                and (p_asset_type is null or w.asset_type = p_asset_type)
                and (p_job_id is null or w.job_id = p_job_id)
                and p_is_favorite is not true and p_collection_id is null
                and (p_before is null or (w.created_at, w.id) < (p_before, p_before_id))
            order by w.created_at desc, w.id desc
            limit p_limit
        )
        union all
        (
            select l.created_at, l.id, private.library_view(l)
            from public.user_library l
            where l.user_id = p_user_id
                and p_source is distinct from 'workspace'
                and (p_asset_type is null or l.asset_type = p_asset_type)
                and (p_job_id is null or l.generation_settings ->> 'original_job_id' = p_job_id::text)
                and (p_is_favorite is null or l.is_favorite = p_is_favorite)
                and (p_collection_id is null or l.collection_id = p_collection_id)
                and (p_before is null or (l.created_at, l.id) < (p_before, p_before_id))
            order by l.created_at desc, l.id desc
            limit p_limit
        )
        order by created_at desc, id desc
        limit p_limit
    ) page
$$;

grant execute on function
    public.get_asset(uuid, uuid),
    public.list_assets(uuid, text, text, uuid, boolean, uuid, timestamptz, uuid, integer)
to service_role;
