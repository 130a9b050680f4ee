-- Where pg_cron, pg_net and the Vault are, as on every hosted project, the database sweeps by itself.

do $$
begin
    if (select count(*) from pg_available_extensions where name in ('pg_cron', 'pg_net')) = 2 then
        create extension if not exists pg_cron with schema pg_catalog;
        create extension if not exists pg_net with schema extensions;
    end if;
exception when others then
    -- Installed but not to be used, as where shared_preload_libraries lacks pg_cron.
    raise warning 'the database does not sweep by itself: %', sqlerrm;
end
$$;

-- Call dispatch-jobs, after the commit. Address and key are secrets of the Vault; without them nobody is called.
create function private.dispatch(p_body jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
    v_url text := (select decrypted_secret from vault.decrypted_secrets where name = 'functions_url');
    v_key text := (select decrypted_secret from vault.decrypted_secrets where name = 'functions_secret_key');
begin
    if v_url is null or v_key is null then
        return;
    end if;
    perform net.http_post(
        url => rtrim(v_url, '/') || '/dispatch-jobs',
        body => p_body,
        headers => jsonb_build_object('Content-Type', 'application/json', 'apikey', v_key)
    );
end
$$;

-- Sweep, and call the functions only when there is something to push, to wake for or to save, a worker to check, or a
-- lease to end. They sweep too.
create function private.sweep_and_dispatch() returns void
language plpgsql set search_path = ''
as $$
declare
    v_found jsonb := public.sweep_jobs(p_hears_workers => false);
begin
    if v_found -> 'lists' = '{}'
        and v_found -> 'checks_due' is distinct from 'true'
        and v_found -> 'saves_due' is distinct from 'true'
        and not exists (select from public.job_leases where not has_ended and expires_at < clock_timestamp())
    then
        return;
    end if;
    begin
        perform private.dispatch('{}');
    exception when others then
        -- What the sweep ended stays ended, though nobody can be called.
        raise warning 'dispatch-jobs was not called: %', sqlerrm;
    end;
end
$$;

-- False where something is missing and somebody else has to sweep. Calling it again replaces the schedules.
create function private.schedule_sweeps() returns boolean
language plpgsql set search_path = ''
as $$
begin
    if to_regprocedure('cron.schedule(text, text, text)') is null
        or to_regproc('net.http_post') is null
        or to_regclass('vault.decrypted_secrets') is null
    then
        return false;
    end if;
    perform cron.schedule('sweep-jobs', '3 seconds', 'select private.sweep_and_dispatch()');
    -- The function does all of it: names that SQL had given and no answer brought back would be lost.
    perform cron.schedule('housekeeping', '17 * * * *', $sql$select private.dispatch('{"housekeeping": true}')$sql$);
    -- pg_cron keeps a row of every run.
    perform cron.schedule('forget-runs', '47 * * * *', $sql$
        delete from cron.job_run_details where end_time < now() - interval '1 day'
            and jobid in (select jobid from cron.job where jobname = 'sweep-jobs')
    $sql$);
    return true;
end
$$;

select private.schedule_sweeps();
