create function private.fold_tag(name text)
    returns text
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    -- the same steps as campaignbase.core.tags.fold_tag and the SQLite expression of the translator
    select
        case
            when word like '%ies' and length(word) > 4 then left(word, -3) || 'y'
            when word like '%ss' or word like '%us' or word like '%is' then word
            when
                length(word) > 4 and (
                    word like '%sses' or word like '%shes' or word like '%ches'
                    or word like '%xes' or word like '%zes'
                )
                then left(word, -2)
            when word like '%s' and length(word) > 3 then left(word, -1)
            else word
        end
    from (
        select ltrim(replace(replace(replace(lower(fold_tag.name), ' ', ''), '-', ''), '_', ''), '#') as word
    ) as folded;
$$;
comment on function private.fold_tag is
'What is left of a tag without case, spaces, hyphens, underscores, leading # and plural; equal for two spellings of one tag.';
revoke execute on function private.fold_tag from public, anon;
grant execute on function private.fold_tag to authenticated, service_role;
