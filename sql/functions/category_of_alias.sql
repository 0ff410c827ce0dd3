create function private.category_of_alias(
    workspace_id uuid,
    name text
)
    -- null for a word that is nobody's other name
    returns text
    language sql
    stable
    set search_path = ''
as $$
    select categories.name
    from public.categories
    where
        categories.workspace_id = category_of_alias.workspace_id
        and categories.aliases <> '{}'
        and btrim(regexp_replace(lower(category_of_alias.name), '[[:space:]_-]+', '_', 'g'), '_') in (
            select btrim(regexp_replace(lower(alias), '[[:space:]_-]+', '_', 'g'), '_')
            from unnest(categories.aliases) as alias
        )
    order by categories.name collate "C"
    limit 1;
$$;
comment on function private.category_of_alias is
'The category that has this other name; case, spaces, hyphens and underscores make no other one.';
revoke execute on function private.category_of_alias from public, anon;
grant execute on function private.category_of_alias to authenticated, service_role;
