create function private.word_count(value text)
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when private.is_blank(value) then 0
            else cardinality(regexp_split_to_array(btrim(value, e' \t\n\r'), '[ \t\n\r]+'))
        end;
$$;
comment on function private.word_count is 'Runs of characters other than space, tab, line feed and carriage return.';
revoke execute on function private.word_count from public, anon;
grant execute on function private.word_count to authenticated, service_role;
