create function private.regex_escape(
    -- the character after a backslash
    escaped text
)
    -- what it stands for between the brackets of a class; null for one that is not allowed
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case escaped
            when 'd' then '0-9'
            when 'D' then '\u0001-\u002F\u003A-\U0010FFFF'
            when 's' then '\u0020\t\r\n'
            when 'S' then '\u0001-\u0008\u000B-\u000C\u000E-\u001F\u0021-\U0010FFFF'
            when 'w' then private.regex_word_characters()
            when 'W' then private.regex_separators()
            when 'n' then '\n'
            when 'r' then '\r'
            when 't' then '\t'
            else
                -- punctuation and the space mean themselves
                case
                    when escaped ~ '^[\u0020-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E]$'
                        then '\u' || upper(lpad(to_hex(ascii(escaped)), 4, '0'))
                end
        end;
$$;
comment on function private.regex_escape is 'The meaning of a backslash and the character after it.';
revoke execute on function private.regex_escape from public, anon;
grant execute on function private.regex_escape to authenticated, service_role;
