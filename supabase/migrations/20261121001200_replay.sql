-- An admin's second chance for a failed job: the same request as a new job, free of charge and of limits.

create index jobs_replays on public.jobs (replay_of) where replay_of is not null;

-- Outcomes: submitted, replayed (an earlier replay that has not failed, again), not_failed (with `status`), not_found.
create function public.replay_job(p_job_id uuid) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_failed public.jobs;
    v_job public.jobs;
    v_place private.place;
    v_handouts jsonb;
begin
    -- Two admins at once make one replay.
    select * into v_failed from public.jobs where id = p_job_id for update;
    if v_failed.id is null then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    if v_failed.status <> 'failed' then
        return jsonb_build_object('outcome', 'not_failed', 'status', v_failed.status);
    end if;
    select * into v_job from public.jobs where replay_of = p_job_id and status <> 'failed' limit 1;
    if v_job.id is not null then
        return private.submission_of('replayed', v_job, private.place_of(v_job), '[]');
    end if;

    v_job := v_failed;
    v_job.priority := 0;
    v_job := private.lined_up(v_job);
    v_place := private.place_of(v_job);
    insert into public.jobs (
        user_id, job_type, queue, format, quality, model_type, destination, original_prompt, enhanced_prompt,
        template_name, enhancement_strategy, enhancement_time_ms, config, output_type, output_byte_limit, metadata, turn,
        project_id, video_id, image_id, replay_of, expected_run_seconds, expected_seconds
    ) values (
        v_failed.user_id, v_failed.job_type, v_failed.queue, v_failed.format, v_failed.quality, v_failed.model_type,
        v_failed.destination, v_failed.original_prompt, v_failed.enhanced_prompt, v_failed.template_name,
        v_failed.enhancement_strategy, v_failed.enhancement_time_ms, v_failed.config, v_failed.output_type,
        v_failed.output_byte_limit, v_failed.metadata - 'worker' || jsonb_build_object('credits', 0),
        v_job.turn, v_failed.project_id, v_failed.video_id, v_failed.image_id, p_job_id, v_job.expected_run_seconds,
        v_place.seconds
    )
    returning * into v_job;
    v_place.waiting := v_place.waiting + 1;
    v_handouts := private.hand_out(v_job.queue);
    select * into v_job from public.jobs where id = v_job.id;
    return private.submission_of('submitted', v_job, v_place, v_handouts);
end
$$;

grant execute on function public.replay_job(uuid) to service_role;
