create function private.find_category(
    workspace_id uuid,
    name text
)
    -- the category's own name; what was given when none or several are meant
    returns text
    language sql
    stable
    security invoker  -- the caller's policies decide which categories exist
    set search_path = ''
as $$
    select
        coalesce(
            (
                select categories.name
                from public.categories
                where
                    categories.workspace_id = find_category.workspace_id
                    and categories.name = find_category.name
            ),
            (
                select min(categories.name)
                from public.categories
                where
                    categories.workspace_id = find_category.workspace_id
                    and btrim(regexp_replace(lower(categories.name), '[[:space:]_-]+', '_', 'g'), '_')
                    = btrim(regexp_replace(lower(find_category.name), '[[:space:]_-]+', '_', 'g'), '_')
                having count(*) = 1
            ),
            private.category_of_alias(find_category.workspace_id, find_category.name),
            find_category.name
        );
$$;
comment on function private.find_category is
'The category a person means: by its very name, else by one that differs in case, spaces, hyphens and underscores
alone, else by another name of it.';
revoke execute on function private.find_category from public, anon;
grant execute on function private.find_category to authenticated, service_role;
