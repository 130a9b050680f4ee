-- The three buckets, all private. The first folder of every path is the owner's id.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types) values
    ('workspace-temp', 'workspace-temp', false, 209715200, '{image/jpeg,image/png,image/webp,video/mp4}'),
    ('user-library', 'user-library', false, 209715200, '{image/jpeg,image/png,image/webp,video/mp4}'),
    ('reference_images', 'reference_images', false, 10485760, '{image/jpeg,image/png,image/webp,image/gif}')
on conflict (id) do update
    set public = excluded.public,
        file_size_limit = excluded.file_size_limit,
        allowed_mime_types = excluded.allowed_mime_types;

create policy "read own objects" on storage.objects for select to authenticated
    using (
        bucket_id in ('workspace-temp', 'user-library', 'reference_images')
        and (storage.foldername(name))[1] = (select auth.uid())::text
    );
create policy "delete own objects" on storage.objects for delete to authenticated
    using (
        bucket_id in ('workspace-temp', 'user-library', 'reference_images')
        and (storage.foldername(name))[1] = (select auth.uid())::text
    );
