create function private.resolve_audience(
    workspace_id uuid,
    word text,
    -- who named it, for the error: "rule 'x': "
    speaker text default ''
)
    -- the workspace's own name for it; null for a blank
    returns text
    language plpgsql
    security definer  -- a person's new word becomes a tag whatever she may insert herself
    set search_path = ''
as $$
declare
    own_name constant text
    := (private.resolve_tags(resolve_audience.workspace_id, array[resolve_audience.word], 'audience'))[1];
    meant public.tags;
    nearest text;
begin
    select tags.*
    into meant
    from public.tags
    where
        tags.workspace_id = resolve_audience.workspace_id
        and tags.name = own_name;
    if meant.name is null or meant.tag_type = 'audience' then
        return meant.name;
    end if;

    -- who may not see the vocabulary learns nothing of it: row level security refuses the row, or its foreign key does
    if
        not private.caller_is_service()
        and resolve_audience.workspace_id not in (select ids from private.caller_workspace_ids() as ids)
    then
        return meant.name;
    end if;
    select string_agg(near.name, ', ' order by near.distance, near.name collate "C")
    into nearest
    from (
        select
            tags.name,
            coalesce(tags.embedding operator(extensions.<=>) meant.embedding, 2) as distance
        from public.tags
        where
            tags.workspace_id = resolve_audience.workspace_id
            and tags.tag_type = 'audience'
        order by 2, tags.name collate "C"
        limit 3
    ) as near;
    raise exception using
        errcode = 'check_violation',
        message = format(
            '%starget audience ''%s'' is tag ''%s'' (%s), not a tag of type audience',
            resolve_audience.speaker,
            btrim(resolve_audience.word),
            meant.name,
            coalesce('type ' || meant.tag_type, 'no type')
        ),
        hint = coalesce('Nearest audiences: ' || nearest || '. Name one', 'Name another word')
        || format(', or give tag ''%s'' the type audience.', meant.name);
end
$$;
comment on function private.resolve_audience is
'The workspace''s own name for an audience a person wrote; an unknown word becomes one, a tag of another type is refused.';
revoke execute on function private.resolve_audience from public, anon, authenticated, service_role;
