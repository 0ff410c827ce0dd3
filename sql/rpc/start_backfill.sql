create function public.start_backfill(
    workspace_id uuid,
    -- labels or vectors
    kind text,
    -- labels: {"conditions": of a rule, "label_state": [..], "category_source": [.., "none"], "campaign_id": uuid,
    -- "older": see is_outdated, "content_only": true}, each may be left out
    selection jsonb default '{}',
    -- vectors: of the new ones
    model text default null,
    -- labels: ask a model in batches
    batched boolean default false,
    -- vectors: use them as soon as all are there
    switches boolean default true
)
    -- its id
    returns uuid
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    error text := case
        when start_backfill.selection ? 'conditions'
            then private.rule_conditions_error(start_backfill.selection -> 'conditions')
    end;
    current_model text;
    added uuid;
    rows_to_see bigint;
begin
    if error is not null then
        raise exception using errcode = 'invalid_parameter_value', message = error;
    end if;
    select workspaces.embedding_model into current_model
    from public.workspaces
    where workspaces.id = start_backfill.workspace_id
    for no key update;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no workspace %s', start_backfill.workspace_id);
    end if;
    if start_backfill.kind = 'vectors' and current_model is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'the workspace has no vectors yet; the first one decides by which model they are';
    end if;
    if start_backfill.kind = 'vectors' and current_model = start_backfill.model then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('the workspace''s vectors are by %L already', start_backfill.model);
    end if;
    if exists (
        select
        from public.backfills
        where
            backfills.workspace_id = start_backfill.workspace_id
            and backfills.kind = start_backfill.kind
            and backfills.state in ('running', 'paused', 'ready')
    ) then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('a backfill of %s is under way in this workspace', start_backfill.kind),
            hint = 'See it with status; resume it, or cancel it first.';
    end if;
    if start_backfill.kind = 'vectors' then
        -- the way back from the last switch ends here
        update public.backfills
        set
            state = 'done',
            updated_at = clock_timestamp()
        where
            backfills.workspace_id = start_backfill.workspace_id
            and backfills.state = 'switched';
        delete from private.spare_vectors
        where
            spare_vectors.workspace_id = start_backfill.workspace_id
            and spare_vectors.embedding_model <> start_backfill.model;
    end if;
    rows_to_see := (
        select count(*)
        from public.content_assets
        where content_assets.workspace_id = start_backfill.workspace_id
    );
    if start_backfill.kind = 'vectors' or not start_backfill.selection ? 'content_only' then
        rows_to_see := rows_to_see + (
            select count(*)
            from public.campaigns
            where campaigns.workspace_id = start_backfill.workspace_id
        );
    end if;
    if start_backfill.kind = 'vectors' then
        rows_to_see := rows_to_see + (
            select count(*)
            from public.categories
            where categories.workspace_id = start_backfill.workspace_id
        ) + (
            select count(*)
            from public.tags
            where tags.workspace_id = start_backfill.workspace_id
        );
    end if;
    insert into public.backfills
    (workspace_id, kind, selection, batched, switches, embedding_model, previous_model, total)
    values (
        start_backfill.workspace_id,
        start_backfill.kind,
        coalesce(start_backfill.selection, '{}'),
        coalesce(start_backfill.batched, false),
        coalesce(start_backfill.switches, true),
        start_backfill.model,
        case when start_backfill.kind = 'vectors' then current_model end,
        rows_to_see
    )
    returning backfills.id into added;
    return added;
end
$$;
comment on function public.start_backfill is
'Begin to label rows again, or to make vectors by another model. One of each kind at a time. For workers only.';
revoke execute on function public.start_backfill from public, anon, authenticated;
grant execute on function public.start_backfill to service_role;
