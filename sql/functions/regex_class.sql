create function private.regex_class(
    pattern text,
    -- where its '[' stands, from 1
    opened integer,
    out translated text,
    -- where its ']' stands; where it is refused when there is a refusal
    out place integer,
    -- as regex_refusal knows it; null for a good class
    out refusal text
)
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    negated boolean := substr(pattern, opened + 1, 1) = '^';
    opening integer := opened + case when negated then 2 else 1 end;
    item text;
    high text;
begin
    translated := case when negated then '[^' else '[' end;
    place := opening;
    loop
        item := substr(pattern, place, 1);
        if item = '' then
            place := opened;
            refusal := 'class_open';
            return;
        elsif item = ']' then
            exit;
        elsif item = '[' then
            refusal := 'class_bracket';
            return;
        elsif item = '\' then
            item := private.regex_escape(substr(pattern, place + 1, 1));
            if item is null then
                refusal := 'escape';
                return;
            end if;
            translated := translated || item;
            place := place + 2;
            continue;
        elsif item = '-' and place <> opening and substr(pattern, place + 1, 1) <> ']' then
            refusal := 'class_hyphen';
            return;
        end if;

        place := place + 1;
        high := substr(pattern, place + 1, 1);
        if substr(pattern, place, 1) = '-' and high not in ('', ']') then
            if
                not (
                    item || high ~ '^([0-9]{2}|[a-z]{2}|[A-Z]{2})$'
                    or (ascii(item) > 127 and ascii(high) > 127)
                )
                or private.rule_fold(item) > private.rule_fold(high) collate "C"
            then
                refusal := 'class_range';
                return;
            end if;
            translated := translated || private.rule_fold(item) || '-' || private.rule_fold(high);
            place := place + 2;
        else
            item := private.rule_fold(item);
            translated := translated || case
                when item ~ '^[0-9a-z]$' or ascii(item) > 127 then item
                else '\u' || upper(lpad(to_hex(ascii(item)), 4, '0'))
            end;
        end if;
    end loop;
    if place = opening then
        place := opened;
        refusal := 'class_empty';
        return;
    end if;
    translated := translated || ']';
end
$$;
comment on function private.regex_class is 'Reads one character class of a rule''s regular expression.';
revoke execute on function private.regex_class from public, anon;
grant execute on function private.regex_class to authenticated, service_role;
