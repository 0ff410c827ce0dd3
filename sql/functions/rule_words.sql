create function private.rule_words(
    -- from rule_search_text
    searched text
)
    returns text[]
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    select
        array_remove(
            regexp_split_to_array(rule_words.searched, '[' || private.regex_separators() || ']+'), ''
        );
$$;
comment on function private.rule_words is 'The runs of word characters of a text, in order.';
revoke execute on function private.rule_words from public, anon;
grant execute on function private.rule_words to authenticated, service_role;
