create function private.tg_content_assets__check_golden()
    returns trigger
    language plpgsql
    security definer  -- sees all of the workspace, whoever writes
    set search_path = ''
as $$
declare
    other record;
begin
    -- one after the other in a workspace, so that two who write at once see each other
    perform pg_advisory_xact_lock(hashtextextended('golden ' || new.workspace_id, 0));
    select
        content_assets.id,
        content_assets.primary_category as category,
        mine.primary_category as own_category
    into other
    from public.content_assets as mine
    inner join public.content_assets
        on
            mine.workspace_id = content_assets.workspace_id
            and mine.id <> content_assets.id
            and mine.primary_category <> content_assets.primary_category
    -- a category that is being renamed has its old name on some rows still
    inner join public.categories
        on
            content_assets.workspace_id = categories.workspace_id
            and content_assets.primary_category = categories.name
    where
        mine.id = new.id
        and mine.golden
        and mine.confirmed_at is not null
        and content_assets.golden
        and content_assets.confirmed_at is not null
        and private.asset_text(mine.content, mine.prompt, mine.alt_text, mine.file_path)
        = private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        )
    order by content_assets.id
    limit 1;
    if found then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'golden rows contradict each other: %s is ''%s'', and %s with the same text is ''%s''',
                new.id, other.own_category, other.id, other.category
            ),
            hint = 'Give both the same category, or take one out of the golden set.';
    end if;
    return null;
end
$$;
comment on function private.tg_content_assets__check_golden is
'Two golden rows with the same text and different categories cannot both be right.';
revoke execute on function private.tg_content_assets__check_golden from public, anon, authenticated, service_role;
