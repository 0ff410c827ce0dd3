create function private.set_approval(
    -- content or a post
    target uuid,
    approval text,
    note text
)
    returns void
    language plpgsql
    volatile
    security definer  -- writes machine columns that callers may not; membership is checked
    set search_path = ''
as $$
declare
    tenant uuid;
    everything constant boolean := private.caller_is_service();
begin
    select found.workspace_id into tenant
    from (
        select content_assets.workspace_id from public.content_assets where content_assets.id = set_approval.target
        union all
        select social_posts.workspace_id from public.social_posts where social_posts.id = set_approval.target
    ) as found
    where everything or found.workspace_id in (select private.caller_workspace_ids());
    if tenant is null then
        raise exception using
            errcode = 'PT404',
            message = format('no content or post with id ''%s''', coalesce(set_approval.target::text, 'null'));
    end if;
    if not everything and tenant not in (select private.caller_editable_workspace_ids()) then
        raise exception using
            errcode = 'insufficient_privilege',
            message = format('%s may be read but not approved or rejected by you', set_approval.target),
            hint = 'Ask an owner of the workspace for the role editor.';
    end if;
    if char_length(set_approval.note) > 2000 then
        raise exception using
            errcode = 'check_violation',
            message = 'a note has at most 2000 characters';
    end if;
    -- by a person from now on, also where a rule said the same
    update public.content_assets
    set
        approval = set_approval.approval,
        approval_rule = null,
        approval_note = set_approval.note
    where
        content_assets.id = set_approval.target
        and (content_assets.approval <> set_approval.approval or content_assets.approval_rule is not null);
    update public.social_posts
    set
        approval = set_approval.approval,
        approval_rule = null,
        approval_note = set_approval.note
    where
        social_posts.id = set_approval.target
        and (social_posts.approval <> set_approval.approval or social_posts.approval_rule is not null);
end
$$;
comment on function private.set_approval is
'A person''s word on content or a post: approved, rejected, or waiting for approval. For editors and owners.';
revoke execute on function private.set_approval from public, anon;
grant execute on function private.set_approval to authenticated, service_role;
