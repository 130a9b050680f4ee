-- What nobody reported: leases that ended, attempts and waits that took too long, hand-outs that Redis forgot; and what
-- is to be learned from the jobs that ended.

-- Runs every few seconds, one at a time. `lists` is what each Redis list should hold, oldest first, for the queues that
-- have unclaimed hand-outs; the caller rewrites those lists whole. `checks_due` and `saves_due`: claim_health_checks
-- will name a worker, claim_due_saves an asset. Only the functions end leases, which workers renew through them: whoever
-- else sweeps (pg_cron) cannot tell a dead worker from an outage of theirs.
create function public.sweep_jobs(p_hears_workers boolean default true) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_now timestamptz := clock_timestamp();
    v_last timestamptz;
    v_job public.jobs;
    v_ended integer := 0;
    v_queue text;
    v_lists jsonb;
begin
    if not pg_try_advisory_xact_lock(hashtext('public.sweep_jobs')) then
        return jsonb_build_object('outcome', 'busy', 'lists', '{}'::jsonb);
    end if;

    if p_hears_workers then
        -- An outage of ours must not cost a healthy attempt its lease.
        update public.sweeps s set last_run = v_now from public.sweeps before
        where s.id = before.id returning before.last_run into v_last;
        if v_now - v_last > interval '20 seconds' then
            update public.job_leases set expires_at = greatest(expires_at, v_now + interval '15 seconds')
            where not has_ended;
        end if;
    end if;

    -- The lease is locked with its job, and so looked at again: it may have been renewed since this sweep began.
    for v_job in
        select j.* from public.jobs j
        join public.job_leases l on l.job_id = j.id
        join public.queues q on q.name = j.queue
        where j.status = 'processing' and not l.has_ended and l.claimed_at + q.attempt_limit < v_now
        for update of j, l skip locked
    loop
        perform private.retry_job(v_job, 'attempt_timeout', 'The attempt took too long.', true);
        delete from public.job_leases where job_id = v_job.id;
        v_ended := v_ended + 1;
    end loop;

    for v_job in
        select j.* from public.jobs j
        join public.job_leases l on l.job_id = j.id
        where p_hears_workers and j.status = 'processing' and not l.has_ended and l.expires_at < v_now
        for update of j, l skip locked
    loop
        perform private.retry_job(v_job, 'lease_expired', 'The worker stopped answering.', true);
        -- The attempt may still come back and go on, until a newer one claims the job.
        update public.job_leases set has_ended = true where job_id = v_job.id;
        v_ended := v_ended + 1;
    end loop;

    for v_job in
        select j.* from public.jobs j
        join public.queues q on q.name = j.queue
        where j.status = 'queued' and j.created_at + q.queue_ttl < v_now
        for update of j skip locked
    loop
        perform private.end_job(v_job.id, 'failed', 'queue_timeout', 'The job waited too long for a worker.');
        v_ended := v_ended + 1;
    end loop;

    update public.sweeps set learned_at = v_now where learned_at < v_now - interval '30 seconds';
    if found then
        begin
            perform private.learn_times();
        exception when others then
            -- What the sweep ended stays ended, though nothing was learned.
            raise warning 'nothing was learned: %', sqlerrm;
        end;
    end if;

    for v_queue in select name from public.queues order by name loop
        perform private.hand_out(v_queue);
    end loop;

    select coalesce(jsonb_object_agg(queue, handouts), '{}') into v_lists
    from (
        select j.queue, jsonb_agg(private.handout_of(j) order by j.priority desc, j.turn, j.created_at) as handouts
        from public.jobs j where j.handed_out_at is not null
        group by j.queue
    ) unclaimed;
    return jsonb_build_object(
        'outcome', 'swept', 'ended', v_ended, 'lists', v_lists, 'checks_due', private.are_checks_due(),
        'saves_due', exists (select from public.workspace_assets where save_due_at < v_now)
    );
end
$$;

-- Names the objects to delete; the caller deletes them through the Storage API. Rows that named them go here:
-- expired assets; objects older than 3 h that no row names and whose job, in the workspace, has ended or is unknown; old
-- idempotency keys; workers that registered themselves and fell silent a day ago; old enhancements. At most p_limit
-- objects of a bucket.
create function public.housekeeping(p_limit integer default 1000) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_staged jsonb;
    v_kept jsonb;
begin
    if not pg_try_advisory_xact_lock(hashtext('public.housekeeping')) then
        return jsonb_build_object('outcome', 'busy', 'objects', '{}'::jsonb);
    end if;

    update public.jobs set idempotency_key = null, request_hash = null
    where idempotency_key is not null and created_at < clock_timestamp() - interval '24 hours';
    delete from public.workers where is_automatic and seen_at < clock_timestamp() - interval '1 day';
    perform private.forget_enhancements();
    delete from public.model_asks where asked_at < clock_timestamp() - interval '1 hour';
    delete from public.workspace_assets where id in (
        -- One that is being saved goes next time.
        select id from public.workspace_assets where expires_at < clock_timestamp() for update skip locked
    );

    select coalesce(jsonb_agg(name), '[]') into v_staged from (
        select o.name from storage.objects o
        where o.bucket_id = 'workspace-temp' and o.created_at < clock_timestamp() - interval '3 hours'
            and not exists (select 1 from public.workspace_assets a where a.temp_storage_path = o.name)
            and not exists (select 1 from public.workspace_assets a where a.thumbnail_path = o.name)
            and not exists (
                select 1 from public.jobs j
                where j.id::text = split_part(o.name, '/', 2) and j.status in ('queued', 'processing')
            )
        order by o.created_at
        limit p_limit
    ) orphans;
    -- What a deleted row named, and what a save that died had copied.
    select coalesce(jsonb_agg(name), '[]') into v_kept from (
        select o.name from storage.objects o
        where o.bucket_id = 'user-library' and o.created_at < clock_timestamp() - interval '3 hours'
            and not exists (select 1 from public.user_library l where l.storage_path = o.name)
            and not exists (select 1 from public.user_library l where l.thumbnail_path = o.name)
        order by o.created_at
        limit p_limit
    ) orphans;
    return jsonb_build_object(
        'outcome', 'kept', 'objects', jsonb_build_object('workspace-temp', v_staged, 'user-library', v_kept)
    );
end
$$;

grant execute on function public.sweep_jobs(boolean), public.housekeeping(integer) to service_role;
