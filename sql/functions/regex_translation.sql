create function private.regex_translation(
    -- as the person wrote it
    pattern text,
    -- means the same to `~` on folded text; null when refused
    out translated text,
    -- character of the pattern, from 1; null when accepted
    out refused_at integer,
    -- as regex_refusal knows it; null when accepted
    out refusal text
)
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
declare
    most_parts constant integer := 1000;
    most_optional constant integer := 50;
    edge_parts constant integer := 80;
    edge constant text := format(
        '(?:(?<=[%1$s])(?![%1$s])|(?<![%1$s])(?=[%1$s]))', private.regex_word_characters()
    );
    place integer := 1;
    sign text;
    escaped text;
    run text;  -- literals in a row
    class record;
    braces text[];
    least integer;  -- the quantifier's lower end
    most integer;  -- its upper end; null without limit
    written text := '';
    output text;
    width integer;

    -- open groups, the pattern itself first; parts and flags sum up all branches so far
    depth integer := 1;
    opened integer[] := '{0}';
    parts integer[] := '{0}';
    repeats boolean[] := '{f}';
    unlimited boolean[] := '{f}';
    optional integer[] := '{0}';
    has_edge boolean[] := '{f}';
    is_bare boolean[] := '{f}';  -- some branch before the current one may match no character
    branch_is_bare boolean[] := '{t}';  -- so may the current branch without its last piece
    -- what a quantifier would apply to: an anchor, a single atom or a closed group;
    -- null parts: the branch is still empty
    last_parts integer;
    last_repeats boolean;
    last_unlimited boolean;
    last_optional integer;
    last_has_edge boolean;
    last_is_bare boolean;
    last_is_anchor boolean;
    last_quantified boolean;
    piece_parts integer;
    piece_repeats boolean;
    piece_unlimited boolean;
    piece_optional integer;
    piece_has_edge boolean;
    piece_is_bare boolean;
    piece_is_anchor boolean;
begin
    while place <= length(pattern) loop
        sign := substr(pattern, place, 1);
        width := 1;
        piece_parts := 1;
        piece_repeats := false;
        piece_unlimited := false;
        piece_optional := 0;
        piece_has_edge := false;
        piece_is_bare := false;
        piece_is_anchor := false;
        case
            when sign = '(' then
                if substr(pattern, place + 1, 1) = '?' then
                    if substr(pattern, place + 2, 1) <> ':' then
                        refused_at := place;
                        refusal := 'group_kind';
                        return;
                    end if;
                    width := 3;
                end if;
                branch_is_bare[depth] := branch_is_bare[depth] and (last_parts is null or last_is_bare);
                depth := depth + 1;
                opened[depth] := place;
                parts[depth] := 0;
                repeats[depth] := false;
                unlimited[depth] := false;
                optional[depth] := 0;
                has_edge[depth] := false;
                is_bare[depth] := false;
                branch_is_bare[depth] := true;
                last_parts := null;
                written := written || '(?:';
                place := place + width;
                continue;
            when sign in ('|', ')') then
                if sign = ')' and depth = 1 then
                    refusal := 'group_close';
                elsif last_parts is null then
                    refusal := 'empty';
                end if;
                is_bare[depth] := is_bare[depth] or branch_is_bare[depth] and last_is_bare;
                branch_is_bare[depth] := true;
                if refusal is null and sign = ')' and is_bare[depth] and has_edge[depth] then
                    refusal := 'bare_edge';
                end if;
                if refusal is not null then
                    refused_at := place;
                    return;
                end if;
                last_parts := null;
                if sign = '|' then
                    written := written || sign;
                    place := place + 1;
                    continue;
                end if;
                piece_parts := parts[depth];
                piece_repeats := repeats[depth];
                piece_unlimited := unlimited[depth];
                piece_optional := greatest(optional[depth], is_bare[depth]::integer);
                piece_has_edge := has_edge[depth];
                piece_is_bare := is_bare[depth];
                depth := depth - 1;
                output := ')';
            when sign in ('*', '+', '?', '{') then
                output := sign;
                least := case when sign = '+' then 1 else 0 end;
                most := case when sign = '?' then 1 end;
                if sign = '{' then
                    braces := regexp_match(substr(pattern, place), '^\{([0-9]{1,3})(?:,([0-9]{1,3}))?\}');
                    least := braces[1];
                    most := coalesce(braces[2], braces[1]);
                    output := substring(substr(pattern, place) from '^[^}]*\}');
                    if braces is null or least > most or most not between 1 and 100 then
                        refusal := 'braces';
                    end if;
                end if;
                refusal := case
                    when refusal is not null then refusal
                    when last_parts is null then 'nothing_to_repeat'
                    when last_is_anchor then 'anchor_repeated'
                    when last_quantified then 'quantifier_twice'
                    when most is null and last_repeats then 'nested'
                    when most is distinct from 1 and last_unlimited then 'nested'
                    when least = 0 and last_has_edge then 'bare_edge'
                end;
                if refusal is null then
                    parts[depth] := parts[depth] + last_parts * (coalesce(most, 1) - 1);
                    optional[depth] := optional[depth]
                    + last_optional * (coalesce(most, 1) - 1) + (least = 0)::integer;
                    refusal := case
                        when parts[depth] > most_parts then 'too_big'
                        when optional[depth] > most_optional then 'too_optional'
                    end;
                end if;
                if refusal is not null then
                    refused_at := place;
                    return;
                end if;
                last_quantified := true;
                last_is_bare := last_is_bare or least = 0;
                repeats[depth] := repeats[depth] or most is distinct from 1;
                unlimited[depth] := unlimited[depth] or most is null;
                written := written || output;
                place := place + length(output);
                continue;
            when sign = '[' then
                class := private.regex_class(pattern, place);
                place := class.place;
                if class.refusal is not null then
                    refused_at := place;
                    refusal := class.refusal;
                    return;
                end if;
                output := class.translated;
            when sign = '\' then
                escaped := substr(pattern, place + 1, 1);
                piece_is_anchor := escaped = 'b';
                piece_is_bare := piece_is_anchor;
                piece_has_edge := piece_is_anchor;
                piece_parts := case when piece_is_anchor then edge_parts else 1 end;
                output := case
                    when piece_is_anchor then edge
                    when strpos('nrt.[]{}()*+?^$|\', escaped) > 0 then '\' || escaped
                    when escaped ~ '^[A-Za-z]$' then '[' || private.regex_escape(escaped) || ']'
                    when private.regex_escape(escaped) is not null then escaped
                end;
                if escaped = '' or output is null then
                    refused_at := place;
                    refusal := 'escape';
                    return;
                end if;
                width := 2;
            when sign in ('^', '$') then
                piece_is_anchor := true;
                piece_is_bare := true;
                output := case sign when '^' then '\A' else '\Z' end;
            when sign = '.' then
                output := '[^\n]';
            when sign in (']', '}') then
                refused_at := place;
                refusal := 'stray_close';
                return;
            else
                run := substring(substr(pattern, place) from '^[^][(){}|*+?^$.\\]+');
                -- all but the last of them can be counted at once
                run := left(run, most_parts - parts[depth] + 1);
                parts[depth] := parts[depth] + length(run) - 1;
                branch_is_bare[depth] := branch_is_bare[depth] and length(run) = 1;
                place := place + length(run) - 1;
                output := private.rule_fold(run);
        end case;

        -- the piece that was last is followed by another
        branch_is_bare[depth] := branch_is_bare[depth] and (last_parts is null or last_is_bare);
        last_parts := piece_parts;
        last_repeats := piece_repeats;
        last_unlimited := piece_unlimited;
        last_optional := piece_optional;
        last_has_edge := piece_has_edge;
        last_is_bare := piece_is_bare;
        last_is_anchor := piece_is_anchor;
        last_quantified := false;
        parts[depth] := parts[depth] + piece_parts;
        repeats[depth] := repeats[depth] or piece_repeats;
        unlimited[depth] := unlimited[depth] or piece_unlimited;
        optional[depth] := optional[depth] + piece_optional;
        has_edge[depth] := has_edge[depth] or piece_has_edge;
        refusal := case
            when parts[depth] > most_parts then 'too_big'
            when optional[depth] > most_optional then 'too_optional'
        end;
        if refusal is not null then
            refused_at := place;
            return;
        end if;
        written := written || output;
        place := place + width;
    end loop;

    if depth > 1 then
        refused_at := opened[depth];
        refusal := 'group_open';
    elsif last_parts is null then
        refused_at := place;
        refusal := 'empty';
    else
        translated := written;
    end if;
end
$$;
comment on function private.regex_translation is
'Reads a rule''s regular expression, of the subset that campaignbase.core.regex_subset states, once from left to right.';
revoke execute on function private.regex_translation from public, anon;
grant execute on function private.regex_translation to authenticated, service_role;
