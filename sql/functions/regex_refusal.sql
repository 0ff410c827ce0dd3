create function private.regex_refusal(code text)
    returns text
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    select
        case code
            when 'anchor_repeated' then 'an anchor (^, $ or \b) cannot be repeated'
            when 'braces'
                then 'expected {m} or {m,n}, m <= n, n from 1 to 100; '
                || 'a literal brace needs a backslash before it'
            when 'bare_edge'
                then '\b inside a part that may match no character at all; put it outside that part'
            when 'class_bracket'
                then '''['' inside a class needs a backslash before it; POSIX classes are not allowed'
            when 'class_empty' then 'a class needs at least one character'
            when 'class_hyphen'
                then '''-'' inside a class must stand first or last, or after a backslash'
            when 'class_open' then '''['' is never closed'
            when 'class_range'
                then 'a range goes up, from digit to digit, letter to letter of one case, '
                || 'or all beyond ASCII'
            when 'empty' then 'an empty pattern, group or alternative'
            when 'escape'
                then 'unknown escape; known: \b \d \D \s \S \w \W \n \r \t '
                || 'and a backslash before punctuation'
            when 'group_close' then ''')'' closes nothing'
            when 'group_kind'
                then 'only (...) and (?:...) are allowed; no lookaround, names or flags'
            when 'group_open' then '''('' is never closed'
            when 'nested'
                then 'a repeated group may not repeat without limit inside, '
                || 'nor be repeated without limit itself'
            when 'nothing_to_repeat' then 'nothing to repeat before it'
            when 'quantifier_twice'
                then 'one quantifier is enough; lazy and possessive ones are not allowed'
            when 'stray_close' then 'a literal '']'' or ''}'' needs a backslash before it'
            when 'too_big' then 'written out, the pattern has more than 1000 parts'
            when 'too_optional'
                then 'written out, more than 50 parts of the pattern may be missing'
        end;
$$;
comment on function private.regex_refusal is 'Why regex_translation refuses a pattern, in words.';
revoke execute on function private.regex_refusal from public, anon;
grant execute on function private.regex_refusal to authenticated, service_role;
