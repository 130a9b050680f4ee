-- What the models are told besides the user's words: system prompts of the language model, and automatic negative
-- prompts. Admins change both; the functions read them and keep them for a minute.

create table public.prompt_templates (
    id uuid primary key default gen_random_uuid(),
    enhancer_model text not null,
    use_case text not null,
    content_mode text not null default 'sfw' check (content_mode in ('sfw', 'nsfw')),
    template_name text not null,
    system_prompt text not null check (char_length(system_prompt) between 1 and 16000),
    token_limit integer not null default 512 check (token_limit > 0),
    is_active boolean not null default true,
    version integer not null default 1,
    metadata jsonb not null default '{}',
    job_type text check (job_type in ('chat', 'image', 'video')),
    target_model text check (target_model in ('sdxl', 'wan')),
    description text,
    comment text,
    created_by uuid default auth.uid() references auth.users (id) on delete set null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    unique (enhancer_model, use_case, content_mode, template_name)
);
comment on column public.prompt_templates.target_model is 'Whose prompt is written; null for chat.';
comment on column public.prompt_templates.token_limit is 'How long an answer may be, in tokens of who reads it.';
comment on column public.prompt_templates.version is
    'Counts the changes, so that a copy of the row can be told from a newer one.';

create table public.negative_prompts (
    id uuid primary key default gen_random_uuid(),
    model_type text not null default 'sdxl' check (model_type in ('sdxl', 'wan')),
    content_mode text not null default 'sfw' check (content_mode in ('sfw', 'nsfw')),
    priority_group smallint not null check (priority_group between 1 and 7),
    negative_prompt text not null check (negative_prompt <> ''),
    priority integer not null default 1,
    is_active boolean not null default true,
    description text,
    created_by uuid default auth.uid() references auth.users (id) on delete set null,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    unique (model_type, content_mode, negative_prompt)
);
comment on table public.negative_prompts is
    'Terms between commas. The rows of sfw are used in both modes; those of nsfw come on top in theirs.';
comment on column public.negative_prompts.priority_group is
    '1 quality, 2 anatomy, 3 artifacts, 4 style, 5 several people, 6 position, 7 adult anatomy.';
comment on column public.negative_prompts.priority is 'Within the group, highest first.';

create function private.count_version() returns trigger
language plpgsql set search_path = ''
as $$
begin
    new.version := old.version + 1;
    return new;
end
$$;

create trigger prompt_templates_count_version before update on public.prompt_templates
    for each row execute function private.count_version();
create trigger prompt_templates_touch_updated_at before update on public.prompt_templates
    for each row execute function private.touch_updated_at();
create trigger negative_prompts_touch_updated_at before update on public.negative_prompts
    for each row execute function private.touch_updated_at();

alter table public.prompt_templates enable row level security;
alter table public.negative_prompts enable row level security;
create policy "admins only" on public.prompt_templates for all to authenticated
    using ((select private.is_admin())) with check ((select private.is_admin()));
create policy "admins only" on public.negative_prompts for all to authenticated
    using ((select private.is_admin())) with check ((select private.is_admin()));

grant select on public.prompt_templates, public.negative_prompts to authenticated, service_role;
grant delete on public.prompt_templates, public.negative_prompts to authenticated;
grant
    insert (
        enhancer_model, use_case, content_mode, template_name, system_prompt, token_limit, is_active, metadata, job_type,
        target_model, description, comment
    ),
    update (
        enhancer_model, use_case, content_mode, template_name, system_prompt, token_limit, is_active, metadata, job_type,
        target_model, description, comment
    )
on public.prompt_templates to authenticated;
grant
    insert (model_type, content_mode, priority_group, negative_prompt, priority, is_active, description),
    update (model_type, content_mode, priority_group, negative_prompt, priority, is_active, description)
on public.negative_prompts to authenticated;

-- Outcomes: found (with the `template`: the one asked for, else of another enhancer, else the sfw one where there is none
-- for nsfw), not_found. Asked for sfw, it never gives an nsfw one.
-- A chat's target is null; its use case may be called `chat_general` or `general`.
create function public.find_template(
    p_target_model text,
    p_enhancer_model text,
    p_job_type text,
    p_use_case text,
    p_content_mode text
) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select coalesce(
        (
            select jsonb_build_object('outcome', 'found', 'template', to_jsonb(t) - 'created_by' - 'comment')
            from public.prompt_templates t
            where is_active
                and target_model is not distinct from p_target_model
                and job_type is not distinct from p_job_type
                and use_case = regexp_replace(p_use_case, '^chat_', '')
                and (content_mode = 'sfw' or p_content_mode = 'nsfw')
            order by content_mode = p_content_mode desc, enhancer_model = p_enhancer_model desc, updated_at desc
            limit 1
        ),
        jsonb_build_object('outcome', 'not_found')
    )
$$;

-- Outcome: found, with the `rows` in the order they are used.
create function public.negative_prompts(p_model_type text, p_content_mode text) returns jsonb
language sql stable security definer set search_path = ''
as $$
    select jsonb_build_object('outcome', 'found', 'rows', rows)
    from (
        select coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'priority_group', priority_group, 'content_mode', content_mode, 'negative_prompt', negative_prompt
                )
                order by priority_group, content_mode = 'nsfw', priority desc, negative_prompt
            ),
            '[]'
        ) as rows
        from public.negative_prompts
        where is_active and model_type = p_model_type and (content_mode = 'sfw' or p_content_mode = 'nsfw')
    ) found
$$;

grant execute on function
    public.find_template(text, text, text, text, text),
    public.negative_prompts(text, text)
to service_role;
