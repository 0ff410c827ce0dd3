create function public.add_categories(
    workspace_id uuid,
    -- [{"name": "offer", "description": "...", "keywords": ["sale"], "aliases": [], "parent_id": null,
    -- "manual_only": false}]
    categories jsonb
)
    -- how many were added
    returns integer
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
declare
    added integer;
    other record;
begin
    insert into public.categories (workspace_id, name, parent_id, description, keywords, aliases, manual_only)
    select
        add_categories.workspace_id,
        given.name,
        given.parent_id,
        given.description,
        coalesce(given.keywords, '{}'),
        coalesce(given.aliases, '{}'),
        coalesce(given.manual_only, false)
    from jsonb_to_recordset(add_categories.categories) as given (
        name text, parent_id uuid, description text, keywords text[], aliases text[], manual_only boolean
    )
    -- in one order for everybody, so that two who add the same ones do not deadlock
    order by lower(given.name)
    -- whichever index says it: of two who add one name at once, either may
    on conflict do nothing;
    get diagnostics added = row_count;
    select given.name, categories.name as known
    into other
    from jsonb_to_recordset(add_categories.categories) as given (name text)
    inner join public.categories
        on
            add_categories.workspace_id = categories.workspace_id
            and lower(given.name) = lower(categories.name)
            and given.name <> categories.name
    limit 1;
    if other.known is not null then
        raise exception using
            errcode = 'unique_violation',
            constraint = 'categories_folded_name_is_unique',
            message = format('a category %L exists already, written %L', other.name, other.known),
            hint = 'choose another name';
    end if;
    return added;
end
$$;
comment on function public.add_categories is
'Add categories to a workspace; names that exist are left alone, those that exist in another case refused.';
revoke execute on function public.add_categories from public, anon;
grant execute on function public.add_categories to authenticated, service_role;
