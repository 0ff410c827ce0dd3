-- twin of: private.fold_tag, private.find_tag, private.resolve_tags
-- A function's call is a row: insert the arguments, read `resolved`, delete the row.
create table resolve_tags (
    workspace_id text not null,
    names text not null,  -- JSON array
    new_tag_type text,  -- given to tags that are new; null for none
    asked integer not null default 1,  -- 0: a word that was refused or removed as a tag is left out
    resolved text  -- JSON array of canonical names, in the order given, each once
) strict;

-- what stands in it is gone when the call ends
create table folded_words (
    place integer,  -- of a person's word in her list; null for an alias
    tag_id text,  -- of an alias; null for a person's word
    word text not null,
    plain text generated always as (
        ltrim(replace(replace(replace(lower(word), ' ', ''), '-', ''), '_', ''), '#')
    ) stored,
    folded text generated always as (
        case
            when plain like '%ies' and length(plain) > 4 then substr(plain, 1, length(plain) - 3) || 'y'
            when plain like '%ss' or plain like '%us' or plain like '%is' then plain
            when
                length(plain) > 4 and (
                    plain like '%sses' or plain like '%shes' or plain like '%ches'
                    or plain like '%xes' or plain like '%zes'
                )
                then substr(plain, 1, length(plain) - 2)
            when plain like '%s' and length(plain) > 3 then substr(plain, 1, length(plain) - 1)
            else plain
        end
    ) stored
) strict;
create index idx_folded_words_folded on folded_words (folded);

create trigger resolve_tags__answer
after insert on resolve_tags
begin
    insert into folded_words (place, word)
    select word.key, trim(word.value)
    from json_each(new.names) as word
    where word.value is not null;
    delete from folded_words where folded = '';
    -- aliases only when some word is no tag's own name
    insert into folded_words (tag_id, word)
    select tags.id, alias.value
    from tags
    inner join json_each(tags.aliases) as alias
    where
        tags.workspace_id = new.workspace_id
        and exists (
            select 1
            from folded_words as spoken
            where
                not exists (
                    select 1
                    from tags as named
                    where named.workspace_id = new.workspace_id and named.folded_name = spoken.folded
                )
        );
    insert into tags (workspace_id, name, tag_type)
    select new.workspace_id, spoken.word, new.new_tag_type
    from folded_words as spoken
    where
        spoken.place = (select min(same.place) from folded_words as same where same.folded = spoken.folded)
        and not exists (
            select 1
            from tags
            where tags.workspace_id = new.workspace_id and tags.folded_name = spoken.folded
        )
        and not exists (
            select 1
            from folded_words as alias
            where alias.tag_id is not null and alias.folded = spoken.folded
        )
        and (
            new.asked
            or not exists (
                select 1
                from label_proposals
                where
                    label_proposals.workspace_id = new.workspace_id
                    and label_proposals.kind = 'tag'
                    and label_proposals.state <> 'open'
                    and label_proposals.folded_name = spoken.folded
            )
        )
    order by spoken.folded;
    update resolve_tags
    set resolved = (
        select json_group_array(found.name)
        from (
            select named.name
            from (
                select
                    spoken.place,
                    -- a tag's own name before another's alias
                    coalesce(
                        (
                            select tags.name
                            from tags
                            where tags.workspace_id = new.workspace_id and tags.folded_name = spoken.folded
                        ),
                        (
                            select tags.name
                            from folded_words as alias
                            inner join tags on alias.tag_id = tags.id
                            where alias.folded = spoken.folded
                            order by tags.name
                            limit 1
                        )
                    ) as name
                from folded_words as spoken
                where spoken.place is not null
            ) as named
            group by named.name
            order by min(named.place)
        ) as found
    )
    where rowid = new.rowid;
    delete from folded_words;
end;
