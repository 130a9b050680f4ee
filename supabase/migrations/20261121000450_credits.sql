-- Money: every change of a balance is a row of the ledger, and the balance is the sum of its rows.

alter table public.usage_logs add column job_id uuid;
comment on column public.usage_logs.job_id is
    'Of a debit or a refund; not a foreign key, for the ledger outlives the jobs.';

create unique index usage_logs_one_debit on public.usage_logs (job_id) where action = 'generation';
create unique index usage_logs_one_refund on public.usage_logs (job_id) where action = 'refund';

-- Write a row and move the balance by it; nothing when the ledger already has that debit or refund.
create function private.book(
    p_user_id uuid, p_action text, p_credits numeric, p_job public.jobs default null, p_metadata jsonb default '{}'
) returns void
language plpgsql set search_path = ''
as $$
begin
    insert into public.usage_logs (user_id, action, credits_consumed, job_id, format, quality, metadata)
    values (p_user_id, p_action, p_credits, (p_job).id, (p_job).format, (p_job).quality, p_metadata)
    on conflict do nothing;
    if found then
        update public.profiles set token_balance = token_balance - p_credits where id = p_user_id;
    end if;
end
$$;

-- The caller holds the lock of the profile and has looked at its balance.
create function private.charge(p_job public.jobs, p_credits numeric) returns void
language plpgsql set search_path = ''
as $$
begin
    if p_credits > 0 then
        perform private.book(p_job.user_id, 'generation', p_credits, p_job, jsonb_strip_nulls(jsonb_build_object(
            'job_type', p_job.job_type, 'model_type', p_job.model_type, 'queue', p_job.queue,
            'model_variant', p_job.metadata -> 'model_variant',
            'dual_worker_routing', p_job.metadata -> 'dual_worker_routing',
            'negative_prompt_supported', p_job.metadata -> 'negative_prompt_supported',
            'project_id', p_job.project_id, 'video_id', p_job.video_id, 'image_id', p_job.image_id
        )));
    end if;
end
$$;

-- What the job was charged, given back; nothing the second time. The caller holds the job's lock.
create function private.refund(p_job public.jobs) returns void
language plpgsql set search_path = ''
as $$
declare
    v_credits numeric;
begin
    select credits_consumed into v_credits from public.usage_logs where job_id = p_job.id and action = 'generation';
    if v_credits is not null then
        perform private.book(p_job.user_id, 'refund', -v_credits, p_job);
    end if;
end
$$;

-- Outcomes: granted (with the balance), not_found, invalid (nothing to grant). For the service and for admins' tools.
create function public.grant_credits(p_user_id uuid, p_credits numeric, p_reason text) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_balance numeric;
begin
    if p_credits is null or p_credits <= 0 then
        return jsonb_build_object('outcome', 'invalid');
    end if;
    perform 1 from public.profiles where id = p_user_id for no key update;
    if not found then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    perform private.book(p_user_id, 'grant', -p_credits, p_metadata => jsonb_build_object('reason', p_reason));
    select token_balance into v_balance from public.profiles where id = p_user_id;
    return jsonb_build_object('outcome', 'granted', 'balance', v_balance);
end
$$;

grant execute on function public.grant_credits(uuid, numeric, text) to service_role;
