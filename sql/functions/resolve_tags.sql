create function private.resolve_tags(
    workspace_id uuid,
    names text[],
    -- given to tags that are new; null for none
    new_tag_type text default null,
    -- false: a word that was refused or removed as a tag is left out, unless it is one again
    asked boolean default true
)
    -- canonical names, in the order given, each once
    returns text[]
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    resolved text[];
    unwanted text[] := '{}';
begin
    -- a file asks for nothing: what a person took out of the vocabulary stays out
    if not resolve_tags.asked or current_setting('campaignbase.door', true) = 'import' then
        unwanted := array(
            select label_proposals.folded_name
            from public.label_proposals
            where
                label_proposals.workspace_id = resolve_tags.workspace_id
                and label_proposals.kind = 'tag'
                and label_proposals.state <> 'open'
                and label_proposals.folded_name in (
                    select private.fold_tag(btrim(word)) from unnest(resolve_tags.names) as word
                )
        );
    end if;
    loop
        -- a tag that is locked keeps its name until this commits; one that was just renamed is no longer found
        perform tags.id
        from public.tags
        where
            tags.workspace_id = resolve_tags.workspace_id
            and tags.name in (
                select private.find_tag(resolve_tags.workspace_id, private.fold_tag(btrim(word)))
                from unnest(resolve_tags.names) as word
                where private.fold_tag(btrim(word)) <> ''
            )
        order by tags.id
        for key share;
        exit when not exists (
            select
            from unnest(resolve_tags.names) as word
            where
                private.fold_tag(btrim(word)) <> ''
                and private.fold_tag(btrim(word)) <> all(unwanted)
                and private.find_tag(resolve_tags.workspace_id, private.fold_tag(btrim(word))) is null
        );
        -- new words are added one writer at a time: two that bring the same ones in another order would deadlock
        perform
        from public.workspaces
        where workspaces.id = resolve_tags.workspace_id
        for no key update;
        insert into public.tags (workspace_id, name, tag_type)
        select
            resolve_tags.workspace_id,
            wanted.name,
            resolve_tags.new_tag_type
        from (
            select distinct on (private.fold_tag(btrim(word)))
                btrim(word) as name,
                private.fold_tag(btrim(word)) as folded_name
            from unnest(resolve_tags.names) with ordinality as words (word, place)
            where
                private.fold_tag(btrim(word)) <> ''
                and private.fold_tag(btrim(word)) <> all(unwanted)
            order by private.fold_tag(btrim(word)), place
        ) as wanted
        where private.find_tag(resolve_tags.workspace_id, wanted.folded_name) is null
        order by wanted.folded_name
        on conflict do nothing;
    end loop;

    select coalesce(array_agg(found.name order by found.place), '{}')
    into resolved
    from (
        select
            named.name,
            min(named.place) as place
        from (
            select
                private.find_tag(resolve_tags.workspace_id, private.fold_tag(btrim(words.word))) as name,
                words.place
            from unnest(resolve_tags.names) with ordinality as words (word, place)
            where private.fold_tag(btrim(words.word)) <> ''
        ) as named
        where named.name is not null
        group by named.name
    ) as found;
    return resolved;
end
$$;
comment on function private.resolve_tags is
'The workspace''s own names for words a person wrote: folded, aliases followed, unknown words made tags, blanks dropped.';
revoke execute on function private.resolve_tags from public, anon, authenticated, service_role;
