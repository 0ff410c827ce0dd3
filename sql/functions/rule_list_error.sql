create function private.rule_list_error(
    -- an array
    value jsonb,
    path text
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
            when jsonb_array_length(value) = 0
                then format('%s: empty list; give at least one value', path)
            when jsonb_array_length(value) > 100 then format('%s: more than 100 values', path)
        end;
$$;
comment on function private.rule_list_error is 'What is wrong with the length of a list in a rule.';
revoke execute on function private.rule_list_error from public, anon;
grant execute on function private.rule_list_error to authenticated, service_role;
