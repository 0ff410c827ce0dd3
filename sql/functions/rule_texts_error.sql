create function private.rule_texts_error(
    value jsonb,
    path text,
    -- folded texts each may be; null for any
    known text[] default null
)
    -- null when nothing is wrong
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
declare
    error text;
begin
    if jsonb_typeof(value) = 'string' then
        return private.rule_text_error(value, path, known);
    elsif jsonb_typeof(value) <> 'array' then
        return format('%s: expected a text or a list of texts, got %s', path, jsonb_typeof(value));
    end if;
    error := private.rule_list_error(value, path);
    for place in 0..jsonb_array_length(value) - 1 loop
        exit when error is not null;
        error := private.rule_text_error(value -> place, format('%s[%s]', path, place), known);
    end loop;
    return error;
end
$$;
comment on function private.rule_texts_error is 'What is wrong with a text or a list of texts of a rule.';
revoke execute on function private.rule_texts_error from public, anon;
grant execute on function private.rule_texts_error to authenticated, service_role;
