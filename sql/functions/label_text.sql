create function private.label_text(
    name text,
    description text,
    keywords text[]
)
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        nullif(
            concat_ws(
                e'\n',
                case when not private.is_blank(name) then name end,
                case when not private.is_blank(description) then description end,
                case
                    when not private.is_blank(array_to_string(keywords, ', ')) then array_to_string(keywords, ', ')
                end
            ),
            ''
        );
$$;
comment on function private.label_text is
'What there is to read of a category or tag, a line each: name, description, keywords.';
revoke execute on function private.label_text from public, anon;
grant execute on function private.label_text to authenticated, service_role;
