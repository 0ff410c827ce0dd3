create function private.resolve_tags(
    workspace_id uuid,
    names text[],
    -- given to tags that are new; null for none
    new_tag_type text default null
)
    -- canonical names, in the order given, each once
    returns text[]
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    resolved text[];
begin
    insert into public.tags (workspace_id, name, tag_type)
    select
        resolve_tags.workspace_id,
        wanted.name,
        resolve_tags.new_tag_type
    from (
        select distinct on (private.fold_tag(word))
            btrim(word) as name,
            private.fold_tag(btrim(word)) as folded_name
        from unnest(resolve_tags.names) with ordinality as words (word, place)
        where private.fold_tag(btrim(word)) <> ''
        order by private.fold_tag(word), place
    ) as wanted
    where
        not exists (
            select
            from public.tags
            where
                tags.workspace_id = resolve_tags.workspace_id
                and (
                    tags.folded_name = wanted.folded_name
                    or wanted.folded_name in (select private.fold_tag(alias) from unnest(tags.aliases) as alias)
                )
        )
    order by wanted.folded_name
    on conflict on constraint tags_folded_name_is_unique do nothing;

    select coalesce(array_agg(found.name order by found.place), '{}')
    into resolved
    from (
        select
            tags.name,
            min(words.place) as place
        from unnest(resolve_tags.names) with ordinality as words (word, place)
        inner join lateral (
            select tags.name
            from public.tags
            where
                tags.workspace_id = resolve_tags.workspace_id
                and (
                    tags.folded_name = private.fold_tag(btrim(words.word))
                    or private.fold_tag(btrim(words.word)) in (
                        select private.fold_tag(alias) from unnest(tags.aliases) as alias
                    )
                )
            -- a tag's own name before another's alias
            order by (tags.folded_name = private.fold_tag(btrim(words.word))) desc, tags.name
            limit 1
        ) as tags on true
        group by tags.name
    ) as found;
    return resolved;
end
$$;
comment on function private.resolve_tags is
'The workspace''s own names for words a person wrote: folded, aliases followed, unknown words made tags, blanks dropped.';
revoke execute on function private.resolve_tags from public, anon, authenticated, service_role;
