create function private.is_label(
    workspace_id uuid,
    -- category or tag
    kind text,
    -- from fold_tag
    folded_name text
)
    returns boolean
    language sql
    stable
    set search_path = ''
as $$
    select
        exists (
            select
            from public.tags
            where
                is_label.kind = 'tag'
                and tags.workspace_id = is_label.workspace_id
                and is_label.folded_name in (
                    select private.fold_tag(word) from unnest(array_append(tags.aliases, tags.name)) as word
                )
        )
        or exists (
            select
            from public.categories
            where
                is_label.kind = 'category'
                and categories.workspace_id = is_label.workspace_id
                and is_label.folded_name in (
                    select private.fold_tag(word)
                    from unnest(array_append(categories.aliases, categories.name)) as word
                )
        );
$$;
comment on function private.is_label is 'Does a folded word mean a category or tag, by its name or by an alias?';
revoke execute on function private.is_label from public, anon, authenticated, service_role;
