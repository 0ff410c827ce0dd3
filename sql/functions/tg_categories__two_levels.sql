create function private.tg_categories__two_levels()
    returns trigger
    language plpgsql
    security definer  -- the parent counts whatever the caller may see
    set search_path = ''
as $$
begin
    if new.parent_id is null then
        return new;
    end if;
    -- nobody gives the parent a parent meanwhile
    perform categories.id
    from public.categories
    where categories.id = new.parent_id
    for share;
    if
        exists (
            select
            from public.categories
            where
                categories.id = new.parent_id
                and categories.parent_id is not null
        )
        or exists (
            select
            from public.categories
            where categories.parent_id = new.id
        )
    then
        raise exception using
            errcode = 'check_violation',
            message = format('category %L would be on a third level; categories have two', new.name),
            hint = 'Give it a parent that has no parent itself, and no children of its own.';
    end if;
    return new;
end
$$;
comment on function private.tg_categories__two_levels is 'Keeps the tree of categories at two levels.';
revoke execute on function private.tg_categories__two_levels from public, anon, authenticated, service_role;
