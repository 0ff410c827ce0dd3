create function private.tg_content_asset_tags__count_usage()
    returns trigger
    language plpgsql
    security definer  -- usage_count is a machine column
    set search_path = ''
as $$
declare
    changed_ids uuid[];
    changes integer[];
begin
    -- one branch an operation: a transition table of the other operation does not exist
    if tg_op = 'INSERT' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select new_rows.tag_id as id, count(*)::integer as change
            from new_rows
            where new_rows.state = 'applied'
            group by new_rows.tag_id
        ) as delta;
    elsif tg_op = 'DELETE' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select old_rows.tag_id as id, -count(*)::integer as change
            from old_rows
            where old_rows.state = 'applied'
            group by old_rows.tag_id
        ) as delta;
    else
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select sides.id, sum(sides.change)::integer as change
            from (
                select old_rows.tag_id as id, -1 as change from old_rows where old_rows.state = 'applied'
                union all
                select new_rows.tag_id, 1 from new_rows where new_rows.state = 'applied'
            ) as sides
            group by sides.id
            having sum(sides.change) <> 0
        ) as delta;
    end if;
    if changed_ids is null then
        return null;
    end if;
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform tags.id
    from public.tags
    where tags.id = any(changed_ids)
    order by tags.id
    for no key update;
    update public.tags
    set usage_count = tags.usage_count + delta.change
    from unnest(changed_ids, changes) as delta (id, change)
    where tags.id = delta.id;
    return null;
end
$$;
comment on function private.tg_content_asset_tags__count_usage is
'Keeps tags.usage_count equal to the links that apply the tag.';
revoke execute on function private.tg_content_asset_tags__count_usage from public, anon, authenticated, service_role;
