-- What a hosted project lets postgres do in the schemas of Storage and Auth, and nothing more. There an extension lends
-- it the owner's rights for policies and triggers alone; here it inherits them, and event triggers refuse the rest.
-- Source: https://supabase.com/docs/guides/database/postgres/roles-superuser, https://github.com/supabase/supautils

grant supabase_storage_admin, supabase_auth_admin to postgres with inherit true, set false;

-- A schema of the superuser's: whoever owns a schema can drop what is in it.
create schema strictness;

-- Identities are written 'storage', 'storage.objects', 'storage.objects in publication p', 'a policy on storage.objects'.
create function strictness.is_in_platform_schema(object_identity text) returns boolean
language sql immutable set search_path = '' as $$
    select object_identity ~ '(^| on )(storage|auth)(\.|$)'
$$;

create function strictness.is_platform_owned(class oid, object oid) returns boolean
language sql stable set search_path = '' as $$
    select exists (
        select from pg_catalog.pg_shdepend ownership
        join pg_catalog.pg_database database on database.oid = ownership.dbid
        where database.datname = current_database()
            and ownership.classid = class and ownership.objid = object and ownership.deptype = 'o'
            and ownership.refclassid = 'pg_catalog.pg_authid'::regclass
            and ownership.refobjid in ('supabase_storage_admin'::regrole, 'supabase_auth_admin'::regrole)
    )
$$;

create function strictness.check_changed() returns event_trigger language plpgsql set search_path = '' as $$
declare
    changed record;
begin
    if session_user <> 'postgres' then
        return;
    end if;
    -- The name alone would miss what was just moved out of the schema, the owner what was just given away.
    for changed in
        select object_type, object_identity from pg_event_trigger_ddl_commands()
        where object_type <> 'policy' and command_tag not in ('CREATE TRIGGER', 'COMMENT')
            and (strictness.is_in_platform_schema(object_identity) or strictness.is_platform_owned(classid, objid))
    loop
        raise exception 'must be owner of % %', changed.object_type, changed.object_identity
            using errcode = 'insufficient_privilege';
    end loop;
end
$$;

create function strictness.check_dropped() returns event_trigger language plpgsql set search_path = '' as $$
declare
    dropped record;
begin
    if session_user <> 'postgres' then
        return;
    end if;
    for dropped in
        select object_type, object_identity from pg_event_trigger_dropped_objects()
        where strictness.is_in_platform_schema(object_identity)
            and object_type <> 'policy'
            and (object_type <> 'trigger' or object_identity ~ '^(protect|update)_(buckets|objects)_')
    loop
        raise exception 'must be owner of % %', dropped.object_type, dropped.object_identity
            using errcode = 'insufficient_privilege';
    end loop;
end
$$;

grant usage on schema strictness to postgres;
create event trigger strictness_changed on ddl_command_end execute function strictness.check_changed();
create event trigger strictness_dropped on sql_drop execute function strictness.check_dropped();
