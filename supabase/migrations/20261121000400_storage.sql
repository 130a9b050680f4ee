-- The three buckets, all private. The first folder of every path is the owner's id.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
    ('workspace-temp', 'workspace-temp', false, 209715200, '{image/jpeg,image/png,image/webp,video/mp4}'),
    ('user-library', 'user-library', false, 209715200, '{image/jpeg,image/png,image/webp,video/mp4}'),
    ('reference_images', 'reference_images', false, 10485760, '{image/jpeg,image/png,image/webp,image/gif}')
on conflict (id) do update
    set public = excluded.public,
        file_size_limit = excluded.file_size_limit,
        allowed_mime_types = excluded.allowed_mime_types;

-- Whether the caller may read and delete the object. What a job has delivered is its user's once the job is completed: until
-- then it can be cancelled, and is paid back.
create function private.is_own_object(p_bucket text, p_name text) returns boolean
language sql stable set search_path = ''
as $$
    select split_part(p_name, '/', 1) = (select auth.uid())::text and (
        p_bucket in ('user-library', 'reference_images')
        or p_bucket = 'workspace-temp' and (
            exists (select from public.workspace_assets where temp_storage_path = p_name)
            or exists (select from public.workspace_assets where thumbnail_path = p_name)
        )
    )
$$;
grant execute on function private.is_own_object(text, text) to authenticated;

create policy "read own objects" on storage.objects for select to authenticated
    using (private.is_own_object(bucket_id, name));
create policy "delete own objects" on storage.objects for delete to authenticated
    using (private.is_own_object(bucket_id, name));
