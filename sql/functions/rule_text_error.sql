create function private.rule_text_error(
    value jsonb,
    -- of the value, from the rule's root
    path text,
    -- folded texts it may be; null for any
    known text[] default null,
    -- in characters
    longest integer default 200
)
    -- null when nothing is wrong
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when jsonb_typeof(value) <> 'string'
                then format('%s: expected a text, got %s', path, jsonb_typeof(value))
            when private.is_blank(value #>> '{}') then format('%s: blank text', path)
            when char_length(value #>> '{}') > longest
                then format('%s: longer than %s characters', path, longest)
            when private.rule_fold(value #>> '{}') <> all(known)
                then format(
                    '%s: unknown value ''%s''; known: %s',
                    path, value #>> '{}', array_to_string(known, ', ')
                )
        end;
$$;
comment on function private.rule_text_error is 'What is wrong with one text of a rule.';
revoke execute on function private.rule_text_error from public, anon;
grant execute on function private.rule_text_error to authenticated, service_role;
