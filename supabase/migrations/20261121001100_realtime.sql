-- What clients may watch. Row-level security decides who sees which row; a delete carries the whole old row only where
-- the replica identity is full.
alter table public.workspace_assets replica identity full;
alter table public.user_library replica identity full;
alter publication supabase_realtime add table public.jobs, public.workspace_assets, public.user_library;
