-- What a running attempt may say: progress and delivered outputs, completed.
--
-- The fence: only the latest attempt is heard. It is heard after its lease ended too, as long as nobody claimed a newer
-- one.

-- Null when the attempt may speak, else the answer to give. Takes back a job whose lease the sweep has ended.
create function private.refuse_attempt(p_job public.jobs, p_attempt integer) returns jsonb
language plpgsql set search_path = ''
as $$
begin
    if p_job.id is null then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    if p_job.status not in ('queued', 'processing') then
        return jsonb_build_object('outcome', 'over', 'status', p_job.status);
    end if;
    if p_job.attempts <> p_attempt
        or not exists (select 1 from public.job_leases where job_id = p_job.id and attempt = p_attempt)
    then
        return jsonb_build_object('outcome', 'stale_attempt');
    end if;
    if p_job.status = 'queued' then
        perform private.take_back(p_job.id);
    end if;
    return null;
end
$$;

-- Write down outputs that lie in storage. Null when all are good, else the answer to give, with nothing written.
create function private.record_outputs(p_job public.jobs, p_attempt integer, p_outputs jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    v_problem text;
    v_index integer;
begin
    with given as (
        select
            (o ->> 'index')::integer as asset_index,
            o ->> 'path' as path,
            o ->> 'thumbnail_path' as thumbnail_path,
            coalesce(o -> 'metadata', '{}') as metadata
        from jsonb_array_elements(p_outputs) o
    ), found as (
        select
            g.*,
            a.version,
            (a.metadata ->> 'size')::bigint as size_bytes,
            a.metadata ->> 'mimetype' as mime_type,
            (t.metadata ->> 'size')::bigint as thumbnail_bytes,
            t.metadata ->> 'mimetype' as thumbnail_type
        from given g
        left join storage.objects a on a.bucket_id = 'workspace-temp' and a.name = g.path
        left join storage.objects t on t.bucket_id = 'workspace-temp' and t.name = g.thumbnail_path
        where not exists (
            select 1 from public.job_outputs o where o.job_id = p_job.id and o.asset_index = g.asset_index
        )
    ), judged as (
        select f.*, case
            when asset_index not between 0 and coalesce((p_job.config ->> 'num_images')::integer, 1) - 1
                then 'index_out_of_range'
            when not private.is_output_path(p_job, p_attempt, asset_index, path)
                or not private.is_output_path(p_job, p_attempt, asset_index, coalesce(thumbnail_path, path))
                then 'path_outside_attempt'
            when size_bytes is null or (thumbnail_path is not null and thumbnail_bytes is null)
                then 'object_missing'
            when size_bytes > p_job.output_byte_limit or coalesce(thumbnail_bytes, 0) > 1048576
                then 'object_too_big'
            when mime_type is distinct from p_job.output_type or coalesce(thumbnail_type, 'image/webp') <> 'image/webp'
                then 'object_of_another_type'
        end as problem
        from found f
    ), written as (
        insert into public.job_outputs (
            job_id, asset_index, attempt, path, thumbnail_path, size_bytes, mime_type, version, metadata
        )
        select
            p_job.id, asset_index, p_attempt, path, thumbnail_path, size_bytes, mime_type,
            coalesce(version, ''), metadata
        from judged
        where not exists (select 1 from judged where problem is not null)
        on conflict (job_id, asset_index) do nothing
    )
    select problem, asset_index into v_problem, v_index from judged where problem is not null limit 1;
    if v_problem is null then
        return null;
    end if;
    return jsonb_build_object(
        'outcome', case v_problem when 'object_missing' then 'output_missing' else 'output_refused' end,
        'reason', v_problem,
        'index', v_index
    );
end
$$;

-- {user}/{job}/{attempt}-{index}.…; a legacy worker wrote {user}/{job}/{index}.….
create function private.is_output_path(p_job public.jobs, p_attempt integer, p_index integer, p_path text)
returns boolean
language sql stable set search_path = ''
as $$
    select p_path ~ (
        '^' || p_job.user_id || '/' || p_job.id || '/'
        || case when l.is_legacy then '' else p_attempt || '-' end
        || p_index || '\.(png|mp4|thumb\.webp)$'
    )
    from public.job_leases l where l.job_id = p_job.id
$$;

-- Outcomes: reported (with `cancelled`), over, stale_attempt, not_found, output_missing, output_refused.
-- jobs.progress is written when the stage changes, or when 5 % and 2 s have passed, to spare realtime.
create function public.report_progress(
    p_job_id uuid,
    p_attempt integer,
    p_progress real,
    p_stage text,
    p_outputs jsonb default '[]',
    p_text text default null,
    p_lease_seconds integer default 15
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs;
    v_lease public.job_leases;
    v_now timestamptz := clock_timestamp();
    v_answer jsonb;
begin
    select * into v_job from public.jobs where id = p_job_id for update;
    v_answer := private.refuse_attempt(v_job, p_attempt);
    if v_answer is not null then
        return v_answer;
    end if;
    if jsonb_array_length(p_outputs) > 0 then
        v_answer := private.record_outputs(v_job, p_attempt, p_outputs);
        if v_answer is not null then
            return v_answer;
        end if;
    end if;
    update public.job_leases
    set expires_at = v_now + make_interval(secs => p_lease_seconds)
    where job_id = p_job_id
    returning * into v_lease;
    if v_job.stage <> p_stage
        or p_text is not null
        or p_progress >= v_job.progress + 0.05 and v_lease.progress_written_at < v_now - interval '2 seconds'
    then
        update public.jobs
        set progress = greatest(progress, p_progress), stage = p_stage,
            result = case when p_text is null then result else jsonb_build_object('text', p_text) end
        where id = p_job_id;
        update public.job_leases set progress_written_at = v_now where job_id = p_job_id;
    end if;
    return jsonb_build_object('outcome', 'reported', 'cancelled', v_job.cancel_requested_at is not null);
end
$$;

-- What the documents of 2025-07-16 keep in the metadata of an image or a video, as far as it is known. Paths stand in the
-- place of URLs, which expire.
create function private.settings_of(
    p_job public.jobs, p_output public.job_outputs, p_seed bigint, p_generation_time jsonb, p_paths jsonb
) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_strip_nulls(jsonb_build_object(
        'quality', p_job.quality, 'format', p_job.format,
        'enhanced_prompt', p_job.enhanced_prompt, 'template_name', p_job.template_name,
        'model_type', case when p_job.job_type like '%7b%' then 'enhanced-7b' else p_job.model_type end,
        'is_sdxl', p_job.model_type = 'sdxl', 'is_enhanced', p_job.enhanced_prompt is not null,
        'seed', p_seed, 'generation_time', p_generation_time, 'original_job_id', p_job.id,
        'callback_processed_at', clock_timestamp(),
        'callback_debug', jsonb_build_object(
            'job_type', p_job.job_type, 'primary_asset', p_paths -> 0, 'received_assets', p_paths,
            'processing_timestamp', clock_timestamp()
        )
    )) || case p_job.format
        when 'video' then jsonb_build_object('bucket', 'workspace-temp', 'stored_path', p_output.path)
        else jsonb_build_object(
            'image_index', p_output.asset_index, 'total_images', coalesce((p_job.config ->> 'num_images')::integer, 1)
        )
    end
$$;

-- What a worker gives as warnings, as its users may be shown it: at most 20 texts.
create function private.sentences(p_warnings jsonb) returns jsonb
language sql immutable set search_path = ''
as $$
    select coalesce(jsonb_agg(left(warning #>> '{}', 500)), '[]') from (
        select warning from jsonb_array_elements(
            case jsonb_typeof(p_warnings) when 'array' then p_warnings else '[]' end
        ) warning
        where jsonb_typeof(warning) = 'string' limit 20
    ) texts
$$;

-- The job with what its worker says of an enhancement that was left to it; as it is where none was.
create function private.with_enhancement(p_job public.jobs, p_metadata jsonb) returns public.jobs
language plpgsql immutable set search_path = ''
as $$
declare
    v_is_enhanced boolean := coalesce(p_metadata -> 'enhancement_success' = 'true', false);
begin
    p_job.enhanced_prompt := coalesce(p_metadata ->> 'enhanced_prompt', p_job.enhanced_prompt);
    if p_job.metadata #>> '{enhancement,status}' is distinct from 'at_worker' then
        return p_job;
    end if;
    p_job.metadata := jsonb_set(
        p_job.metadata, '{enhancement}',
        p_job.metadata -> 'enhancement' || jsonb_strip_nulls(jsonb_build_object(
            'status', case when v_is_enhanced then 'enhanced' else 'kept' end,
            'source', p_metadata -> 'enhancement_source', 'model_used', p_metadata -> 'enhancement_model'
        ))
    );
    p_job.enhancement_strategy := case when v_is_enhanced then 'model' else 'original_kept' end;
    if jsonb_typeof(p_metadata -> 'enhancement_time') = 'number' then
        p_job.enhancement_time_ms := least(round((p_metadata ->> 'enhancement_time')::numeric * 1000), 86400000);
    end if;
    return p_job;
end
$$;

-- Outcomes: completed (with the job), over, stale_attempt, not_found, output_missing, output_refused.
create function public.complete_job(
    p_job_id uuid,
    p_attempt integer,
    p_outputs jsonb default '[]',
    p_metadata jsonb default '{}',
    p_result jsonb default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_job public.jobs;
    v_answer jsonb;
    v_missing jsonb;
    v_paths jsonb;
    v_assets integer;
begin
    select * into v_job from public.jobs where id = p_job_id for update;
    v_answer := private.refuse_attempt(v_job, p_attempt);
    if v_answer is not null then
        return v_answer;
    end if;
    v_answer := private.record_outputs(v_job, p_attempt, p_outputs);
    if v_answer is not null then
        return v_answer;
    end if;

    if v_job.format <> 'text' then
        select jsonb_agg(i order by i) into v_missing
        from generate_series(0, coalesce((v_job.config ->> 'num_images')::integer, 1) - 1) i
        where not exists (
            select 1 from public.job_outputs o
            where o.job_id = p_job_id and o.asset_index = i and private.lies_in_storage(o)
        );
        if v_missing is not null then
            return jsonb_build_object(
                'outcome', 'output_missing', 'reason', 'not_every_output_delivered', 'missing', v_missing
            );
        end if;
    end if;

    v_job := private.with_enhancement(v_job, p_metadata);
    select jsonb_agg(path order by asset_index) into v_paths from public.job_outputs where job_id = p_job_id;
    insert into public.workspace_assets (
        user_id, job_id, asset_index, asset_type, temp_storage_path, thumbnail_path, file_size_bytes, mime_type,
        width, height, duration_seconds, generation_seed, original_prompt, model_used, generation_settings, save_due_at
    )
    select
        v_job.user_id, p_job_id, o.asset_index, v_job.format, o.path, o.thumbnail_path, o.size_bytes, o.mime_type,
        (o.metadata ->> 'width')::integer, (o.metadata ->> 'height')::integer,
        (o.metadata ->> 'duration_seconds')::numeric,
        effective.seed,
        v_job.original_prompt,
        coalesce(o.metadata ->> 'model_variant', v_job.metadata ->> 'model_variant', v_job.model_type),
        -- Title and tags are those of a library asset that was copied back, and no worker's to say.
        o.metadata - '{custom_title,tags}'::text[]
            || private.settings_of(v_job, o, effective.seed, p_metadata -> 'generation_time', v_paths),
        -- Whoever completes the job saves them at once; the sweep does where that process died.
        case when v_job.destination = 'library' then clock_timestamp() + interval '30 seconds' end
    from public.job_outputs o
    cross join lateral (
        select coalesce((o.metadata ->> 'seed')::bigint, (v_job.config ->> 'seed')::bigint + o.asset_index) as seed
    ) effective
    where o.job_id = p_job_id
    on conflict (job_id, asset_index) do nothing;
    get diagnostics v_assets = row_count;

    delete from public.job_leases where job_id = p_job_id;
    update public.jobs
    set status = 'completed', stage = 'completed', progress = 1, completed_at = clock_timestamp(),
        error_code = null, error_message = null, result = coalesce(p_result, result),
        metadata = v_job.metadata || jsonb_build_object('worker', p_metadata),
        enhanced_prompt = v_job.enhanced_prompt, enhancement_strategy = v_job.enhancement_strategy,
        enhancement_time_ms = v_job.enhancement_time_ms,
        warnings = warnings || private.sentences(p_metadata -> 'warnings')
    where id = p_job_id
    returning * into v_job;
    return jsonb_build_object(
        'outcome', 'completed', 'job', to_jsonb(v_job), 'assets', v_assets,
        'handouts', private.hand_out(v_job.queue)
    );
end
$$;

grant execute on function
    public.report_progress(uuid, integer, real, text, jsonb, text, integer),
    public.complete_job(uuid, integer, jsonb, jsonb, jsonb)
to service_role;
