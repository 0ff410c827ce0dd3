create function private.joined_aliases(
    -- of the label that stays
    name text,
    aliases text[],
    -- of the one that goes into it
    gone_name text,
    gone_aliases text[]
)
    -- each word once, in the order given
    returns text[]
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        coalesce(array_agg(listed.word order by listed.place), '{}')
    from (
        select
            words.word,
            words.place,
            row_number() over (partition by private.fold_tag(words.word) order by words.place) as turn
        from unnest(
            joined_aliases.aliases || joined_aliases.gone_name || joined_aliases.gone_aliases
        ) with ordinality as words (word, place)
        where private.fold_tag(words.word) <> private.fold_tag(joined_aliases.name)
    ) as listed
    where listed.turn = 1;
$$;
comment on function private.joined_aliases is
'The other names of a label that another one was merged into: its own, the name of the other, and its other names.';
revoke execute on function private.joined_aliases from public, anon, authenticated, service_role;
