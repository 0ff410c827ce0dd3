create function private.tg_content_assets__count_usage()
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
            select categories.id, count(*)::integer as change
            from new_rows
            inner join public.categories
                on
                    new_rows.workspace_id = categories.workspace_id
                    and new_rows.primary_category = categories.name
            group by categories.id
        ) as delta;
    elsif tg_op = 'DELETE' then
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select categories.id, -count(*)::integer as change
            from old_rows
            inner join public.categories
                on
                    old_rows.workspace_id = categories.workspace_id
                    and old_rows.primary_category = categories.name
            group by categories.id
        ) as delta;
    else
        select array_agg(delta.id order by delta.id), array_agg(delta.change order by delta.id)
        into changed_ids, changes
        from (
            select sides.id, sum(sides.change)::integer as change
            from (
                select old_category.id as old_id, new_category.id as new_id
                from old_rows
                inner join new_rows on old_rows.id = new_rows.id
                left join public.categories as old_category
                    on
                        old_rows.workspace_id = old_category.workspace_id
                        and old_rows.primary_category = old_category.name
                left join public.categories as new_category
                    on
                        new_rows.workspace_id = new_category.workspace_id
                        and new_rows.primary_category = new_category.name
                where
                    old_rows.primary_category is distinct from new_rows.primary_category
                    -- the old name is gone: a rename, after which the counter is still right
                    and (old_rows.primary_category is null or old_category.id is not null)
            ) as moved
            cross join lateral (values (moved.old_id, -1), (moved.new_id, 1)) as sides (id, change)
            where sides.id is not null
            group by sides.id
            having sum(sides.change) <> 0
        ) as delta;
    end if;
    if changed_ids is null then
        return null;
    end if;
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform categories.id
    from public.categories
    where categories.id = any(changed_ids)
    order by categories.id
    for no key update;
    update public.categories
    set usage_count = categories.usage_count + delta.change
    from unnest(changed_ids, changes) as delta (id, change)
    where categories.id = delta.id;
    return null;
end
$$;
comment on function private.tg_content_assets__count_usage is
'Keeps categories.usage_count equal to the assets filed there.';
revoke execute on function private.tg_content_assets__count_usage from public, anon, authenticated, service_role;
