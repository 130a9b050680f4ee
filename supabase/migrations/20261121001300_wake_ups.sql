-- Waking workers: at most once a queue in five seconds, however many processes hand out.

alter table public.queues add column woken_at timestamptz not null default '-infinity';
comment on column public.queues.woken_at is 'When a worker was last asked for.';

-- Outcome: claimed. `queues` are those of p_queues the caller is to wake now.
create function public.claim_wake_ups(p_queues text[]) returns jsonb
language sql security definer set search_path = ''
as $$
    with due as (
        select name from public.queues
        where name = any (p_queues) and woken_at < clock_timestamp() - interval '5 seconds'
        -- Whoever holds the row is handing out, and wakes.
        for no key update skip locked
    ), claimed as (
        update public.queues q set woken_at = clock_timestamp() from due where q.name = due.name returning q.name
    )
    select jsonb_build_object('outcome', 'claimed', 'queues', coalesce(jsonb_agg(name order by name), '[]')) from claimed
$$;

grant execute on function public.claim_wake_ups(text[]) to service_role;
