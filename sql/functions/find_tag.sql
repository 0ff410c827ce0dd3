create function private.find_tag(
    workspace_id uuid,
    -- from fold_tag
    folded_name text
)
    -- the tag's own name; null when no tag is called that
    returns text
    language sql
    stable
    set search_path = ''
as $$
    -- a tag's own name before another's alias, which costs a look at every alias of the workspace
    select
        coalesce(
            (
                select tags.name
                from public.tags
                where
                    tags.workspace_id = find_tag.workspace_id
                    and tags.folded_name = find_tag.folded_name
            ),
            (
                select tags.name
                from public.tags
                where
                    tags.workspace_id = find_tag.workspace_id
                    and find_tag.folded_name in (select private.fold_tag(alias) from unnest(tags.aliases) as alias)
                order by tags.name
                limit 1
            )
        );
$$;
comment on function private.find_tag is 'The tag that a folded word means, by its own name or by an alias.';
revoke execute on function private.find_tag from public, anon;
grant execute on function private.find_tag to authenticated, service_role;
