-- Conversations with the language model. A turn is a user's message and its answer: the message is stored before anybody
-- is asked, the answer when it is whole.

create table public.conversations (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    project_id uuid,
    title text check (char_length(title) <= 200),
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp()
);
comment on column public.conversations.title is 'The beginning of the first message, until its user names it.';
comment on column public.conversations.updated_at is 'When something was said last.';
create index conversations_user_updated on public.conversations (user_id, updated_at desc);

create table public.messages (
    id uuid primary key default gen_random_uuid(),
    conversation_id uuid not null references public.conversations (id) on delete cascade,
    user_id uuid not null references public.profiles (id) on delete cascade,
    sender text not null check (sender in ('user', 'assistant')),
    turn integer not null,
    content text not null,
    metadata jsonb not null default '{}',
    created_at timestamptz not null default clock_timestamp(),
    unique (conversation_id, turn, sender)
);
comment on column public.messages.user_id is 'Whose conversation it is.';
comment on column public.messages.turn is 'Counts from 1 in each conversation. A message without an answer stays one.';
create index messages_of_a_user on public.messages (user_id);

alter table public.conversations enable row level security;
alter table public.messages enable row level security;
create policy "own conversations" on public.conversations for select to authenticated
    using (user_id = (select auth.uid()));
create policy "own title" on public.conversations for update to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "own to delete" on public.conversations for delete to authenticated
    using (user_id = (select auth.uid()));
create policy "own messages" on public.messages for select to authenticated
    using (user_id = (select auth.uid()));
grant select on public.conversations, public.messages to authenticated, service_role;
grant update (title), delete on public.conversations to authenticated;

-- Null when the user may say something, which is counted; else the answer to give. The caller holds the lock of the profile.
create function private.refuse_turn(p_profile public.profiles, p_content_tier text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    v_config jsonb := (select config from public.system_config);
begin
    if p_content_tier = 'nsfw' and not p_profile.age_verified then
        return jsonb_build_object('outcome', 'adult_not_verified');
    end if;
    if v_config ->> 'maintenance' is not null then
        return jsonb_build_object('outcome', 'maintenance', 'message', v_config -> 'maintenance');
    end if;
    return private.ask_model(p_profile.id);
end
$$;

-- The last messages up to a turn's question, oldest first. What was said in nsfw is not read in sfw.
create function private.context_of(p_question public.messages, p_limit integer) returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_agg(jsonb_build_object('sender', sender, 'content', content) order by turn, sender desc)
    from (
        select * from public.messages
        where conversation_id = p_question.conversation_id and turn <= p_question.turn
            and (metadata ->> 'content_tier' = 'sfw' or p_question.metadata ->> 'content_tier' = 'nsfw')
        order by turn desc, sender
        limit p_limit
    ) last
$$;

-- Stores what the user says, in p_conversation_id or a new conversation, once for each p_message_id. Outcomes: begun (with
-- conversation_id, message_id, the last p_context messages, template and worker as find_template and active_worker answer
-- them), answered (this message has its answer: `message`), conflict (another message had this id), not_found (no such
-- conversation of this user), no_account, and those of private.refuse_turn.
create function public.begin_turn(
    p_user_id uuid,
    p_message_id uuid,
    p_conversation_id uuid,
    p_content text,
    p_content_tier text,
    p_enhancer_model text,
    p_context integer,
    p_project_id uuid default null
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_profile public.profiles;
    v_conversation public.conversations;
    v_question public.messages;
    v_answer public.messages;
    v_refusal jsonb;
begin
    -- One user's messages come one after the other.
    select * into v_profile from public.profiles where id = p_user_id for no key update;
    if v_profile.id is null then
        return jsonb_build_object('outcome', 'no_account');
    end if;
    select * into v_question from public.messages where id = p_message_id;
    if v_question.user_id <> p_user_id then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    if v_question.id is not null and (
        v_question.sender <> 'user' or v_question.content <> p_content
        or v_question.conversation_id <> p_conversation_id
        or v_question.metadata ->> 'content_tier' <> p_content_tier
    ) then
        return jsonb_build_object('outcome', 'conflict');
    end if;
    select * into v_answer from public.messages
    where conversation_id = v_question.conversation_id and turn = v_question.turn and sender = 'assistant';
    if v_answer.id is not null then
        return jsonb_build_object('outcome', 'answered', 'message', to_jsonb(v_answer));
    end if;

    v_refusal := private.refuse_turn(v_profile, p_content_tier);
    if v_refusal is not null then
        return v_refusal;
    end if;
    if v_question.id is null then
        if p_conversation_id is null then
            insert into public.conversations (user_id, project_id, title)
            values (p_user_id, p_project_id, left(regexp_replace(btrim(p_content), '\s+', ' ', 'g'), 80))
            returning * into v_conversation;
        else
            update public.conversations set updated_at = clock_timestamp()
            where id = p_conversation_id and user_id = p_user_id
            returning * into v_conversation;
            if v_conversation.id is null then
                return jsonb_build_object('outcome', 'not_found');
            end if;
        end if;
        insert into public.messages (id, conversation_id, user_id, sender, turn, content, metadata)
        select
            p_message_id, v_conversation.id, p_user_id, 'user', coalesce(max(turn), 0) + 1, p_content,
            jsonb_build_object('content_tier', p_content_tier)
        from public.messages where conversation_id = v_conversation.id
        returning * into v_question;
    end if;
    return jsonb_build_object(
        'outcome', 'begun',
        'conversation_id', v_question.conversation_id,
        'message_id', v_question.id,
        'turns', private.context_of(v_question, p_context),
        'template', public.find_template(null, p_enhancer_model, 'chat', 'general', p_content_tier) -> 'template',
        'worker', public.active_worker('chat') -> 'worker'
    );
end
$$;

-- Stores the answer to a message. Outcomes: finished and answered (it had one before, which stays), both with the
-- answer's row in `message`; not_found (deleted meanwhile).
create function public.finish_turn(p_message_id uuid, p_content text, p_metadata jsonb) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    v_question public.messages;
    v_answer public.messages;
begin
    select * into v_question from public.messages where id = p_message_id and sender = 'user';
    update public.conversations set updated_at = clock_timestamp() where id = v_question.conversation_id;
    if not found then
        return jsonb_build_object('outcome', 'not_found');
    end if;
    insert into public.messages (conversation_id, user_id, sender, turn, content, metadata)
    values (
        v_question.conversation_id, v_question.user_id, 'assistant', v_question.turn, p_content, p_metadata
    )
    on conflict (conversation_id, turn, sender) do nothing
    returning * into v_answer;
    if v_answer.id is not null then
        return jsonb_build_object('outcome', 'finished', 'message', to_jsonb(v_answer));
    end if;
    select * into v_answer from public.messages
    where conversation_id = v_question.conversation_id and turn = v_question.turn and sender = 'assistant';
    return jsonb_build_object('outcome', 'answered', 'message', to_jsonb(v_answer));
end
$$;

grant execute on function
    public.begin_turn(uuid, uuid, uuid, text, text, text, integer, uuid),
    public.finish_turn(uuid, text, jsonb)
to service_role;
