create function private.search_words(value text)
    returns text[]
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    -- campaignbase.core.text says the same. Words of a text that nobody types in full would be refused by the index.
    select coalesce(array_agg(distinct left(found.word, 64)), '{}')
    from regexp_split_to_table(
        translate(lower(left(search_words.value, 100000)), e'\u03c2', e'\u03c3'),
        '[' || private.regex_separators() || '_]+'
    ) as found (word)
    where found.word <> '';
$$;
comment on function private.search_words is
'The words of a text by which it is searched: runs of letters and digits of its first 100,000 characters, folded.';
revoke execute on function private.search_words from public, anon;
grant execute on function private.search_words to authenticated, service_role;
