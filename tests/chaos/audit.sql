-- What happened to the jobs, in the order of their row locks: written by triggers, read after each run.

create schema chaos;

create table chaos.history (
    id bigint generated always as identity primary key,
    job_id uuid not null,
    old_status text,
    status text not null,
    attempts integer not null,
    handout integer not null,
    was_handed_out boolean not null,
    is_handed_out boolean not null,
    error_code text,
    handed_out_in_queue bigint not null,
    at timestamptz not null default clock_timestamp()
);
create index on chaos.history (job_id, id);

create function chaos.write_history() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
    insert into chaos.history (
        job_id, old_status, status, attempts, handout, was_handed_out, is_handed_out, error_code, handed_out_in_queue
    ) values (
        new.id, case when tg_op = 'UPDATE' then old.status end, new.status, new.attempts, new.handout,
        case when tg_op = 'UPDATE' then old.handed_out_at is not null else false end, new.handed_out_at is not null,
        new.error_code,
        (select count(*) from public.jobs where queue = new.queue and handed_out_at is not null)
    );
    return null;
end
$$;

create trigger chaos_insert after insert on public.jobs for each row execute function chaos.write_history();
create trigger chaos_update after update on public.jobs for each row
    when (
        (old.status, old.attempts, old.handout, old.handed_out_at)
        is distinct from (new.status, new.attempts, new.handout, new.handed_out_at)
    )
    execute function chaos.write_history();
