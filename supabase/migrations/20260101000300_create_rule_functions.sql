-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what a rule may say, and whether it matches
-- Touches:  function private.asset_facts, private.regex_word_characters, private.rule_fold,
--           private.rule_search_text, private.regex_refusal, private.regex_escape,
--           private.regex_class, private.regex_translation, private.rule_number,
--           private.rule_fold_values, private.rule_words, private.rule_edits,
--           private.rule_is_nearly, private.rule_fuzzy_holds, private.rule_program,
--           private.rule_facts, private.rule_holds, private.rule_matches, private.rule_text_error,
--           private.rule_list_error, private.rule_texts_error, private.rule_conditions_error,
--           private.rule_actions_error, private.rule_error, private.rule_renamed,
--           private.rule_own_names
-- Mirrors:  sql/functions/asset_facts.sql, sql/functions/regex_word_characters.sql,
--           sql/functions/rule_fold.sql, sql/functions/rule_search_text.sql,
--           sql/functions/regex_refusal.sql, sql/functions/regex_escape.sql,
--           sql/functions/regex_class.sql, sql/functions/regex_translation.sql,
--           sql/functions/rule_number.sql, sql/functions/rule_fold_values.sql,
--           sql/functions/rule_words.sql, sql/functions/rule_edits.sql,
--           sql/functions/rule_is_nearly.sql, sql/functions/rule_fuzzy_holds.sql,
--           sql/functions/rule_program.sql, sql/functions/rule_facts.sql,
--           sql/functions/rule_holds.sql, sql/functions/rule_matches.sql,
--           sql/functions/rule_text_error.sql, sql/functions/rule_list_error.sql,
--           sql/functions/rule_texts_error.sql, sql/functions/rule_conditions_error.sql,
--           sql/functions/rule_actions_error.sql, sql/functions/rule_error.sql,
--           sql/functions/rule_renamed.sql, sql/functions/rule_own_names.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/asset_facts.sql
create function private.asset_facts(
    asset public.content_assets,
    -- of the nearest category; null without a vector
    similarity double precision
)
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'text', described.text,
            'content_type', asset.asset_type,
            'campaign_type', campaigns.campaign_type,
            'platforms', coalesce(to_jsonb(campaigns.target_platforms), '[]'),
            'generator', asset.generator,
            'language', asset.language,
            'category', asset.primary_category,
            'tags', to_jsonb(asset.tags),
            'sentiment', asset.sentiment,
            'target_audience', asset.target_audience,
            'quality_score', asset.quality_score,
            'word_count', private.word_count(described.text),
            'similarity', asset_facts.similarity
        )
    from (
        select
            coalesce(
                private.asset_text(asset.content, asset.prompt, asset.alt_text, asset.file_path), ''
            ) as text
    ) as described
    left join public.campaigns on campaigns.id = asset.campaign_id;
$$;
comment on function private.asset_facts is 'What a rule may ask about an asset, as it is stored now.';
revoke execute on function private.asset_facts from public, anon;
grant execute on function private.asset_facts to authenticated, service_role;

-- sql/functions/regex_word_characters.sql
create function private.regex_word_characters()
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    -- campaignbase.core.text names the scripts
    select
        '\u0030-\u0039\u0041-\u005A\u005F\u0061-\u007A\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u037D'
        || '\u037F-\u0386\u0388-\u0559\u0560-\u0588\u058B-\u05BD\u05BF\u05C1-\u05C2\u05C4-\u05C5'
        || '\u05C7-\u05F2\u05F5-\u05FF\u0610-\u061A\u061C\u0620-\u0669\u066E-\u06D3\u06D5-\u0963'
        || '\u0966-\u0DFF\u0F00-\u0FFF\u10A0-\u1360\u1369-\u177F\u1800-\u1FFF\u2C00-\u2DFF'
        || '\uA4D0-\uDFFF\uFB00-\uFDFF\uFE70-\uFEFE\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A'
        || '\U00010000-\U0001EFFF';
$$;
comment on function private.regex_word_characters is
'Letters, digits and ''_'' of scripts that put spaces between words, for between the brackets of a character class.';
revoke execute on function private.regex_word_characters from public, anon;
grant execute on function private.regex_word_characters to authenticated, service_role;

-- sql/functions/rule_fold.sql
create function private.rule_fold(value text)
    returns text
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
begin
    -- apostrophes of three kinds, no-break and narrow no-break space
    return translate(lower(value), e'\u2018\u2019\u02bc\u00a0\u202f', '''''''  ');
end
$$;
comment on function private.rule_fold is
'What rules compare: lower case, one form of apostrophe, no no-break spaces; as long as it was.';
revoke execute on function private.rule_fold from public, anon;
grant execute on function private.rule_fold to authenticated, service_role;

-- sql/functions/rule_search_text.sql
create function private.rule_search_text(
    -- from rule_fold
    folded text
)
    returns text
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    searched text := translate(folded, e'\t\r\n', '   ');
begin
    -- halves the longest run each time: many times faster than one regular expression
    while strpos(searched, '  ') > 0 loop
        searched := replace(searched, '  ', ' ');
    end loop;
    return searched;
end
$$;
comment on function private.rule_search_text is
'Folded text with each run of whitespace made one space: what keywords and phrases are looked up in.';
revoke execute on function private.rule_search_text from public, anon;
grant execute on function private.rule_search_text to authenticated, service_role;

-- sql/functions/regex_refusal.sql
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

-- sql/functions/regex_escape.sql
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

-- sql/functions/regex_class.sql
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

-- sql/functions/regex_translation.sql
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

-- sql/functions/rule_number.sql
create function private.rule_number(value jsonb)
    -- the nearest double, by its shortest decimal; null for what is not a number
    returns jsonb
    language sql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
    select
        case
            when jsonb_typeof(value) <> 'number' then null
            -- beyond any double: no rule and no asset holds one, the sign is enough
            when abs(value::numeric) > 1e300 then to_jsonb(sign(value::numeric) * 1e300)
            -- half of the smallest double
            when abs(value::numeric) < 2.4703282292062328e-324 then to_jsonb(0)
            else to_jsonb(value::double precision)
        end;
$$;
comment on function private.rule_number is 'A number of a rule or an asset as both engines compare it.';
revoke execute on function private.rule_number from public, anon;
grant execute on function private.rule_number to authenticated, service_role;

-- sql/functions/rule_fold_values.sql
create function private.rule_fold_values(
    -- of an equality condition
    fact text,
    -- texts
    vals jsonb
)
    returns jsonb
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        coalesce(
            jsonb_agg(
                case
                    when fact in ('tag', 'target_audience') then private.fold_tag(listed)
                    else private.rule_fold(listed)
                end
            ),
            '[]'
        )
    from jsonb_array_elements_text(vals) as listed;
$$;
comment on function private.rule_fold_values is
'Values of a fact as both engines compare them: tags and audiences as tags fold, others in lower case.';
revoke execute on function private.rule_fold_values from public, anon;
grant execute on function private.rule_fold_values to authenticated, service_role;

-- sql/functions/rule_words.sql
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

-- sql/functions/rule_edits.sql
create function private.rule_edits(one text, other text)
    returns integer
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    mine constant text[] := regexp_split_to_array(one, '');
    theirs constant text[] := regexp_split_to_array(other, '');
    -- edits of the first i letters of one to the first j - 1 of other: those of i - 2, i - 1 and i
    last integer[];
    before integer[];
    row integer[] := array(select generate_series(0, cardinality(theirs)));
    best integer;
begin
    for i in 1..cardinality(mine) loop
        last := before;
        before := row;
        row := array[i];
        for j in 1..cardinality(theirs) loop
            best := least(
                row[j] + 1,
                before[j + 1] + 1,
                before[j] + case when mine[i] = theirs[j] then 0 else 1 end
            );
            if i > 1 and j > 1 and mine[i] = theirs[j - 1] and mine[i - 1] = theirs[j] then
                best := least(best, last[j - 1] + 1);
            end if;
            row := row || best;
        end loop;
    end loop;
    return row[cardinality(row)];
end
$$;
comment on function private.rule_edits is
'Letters put in, left out, replaced or swapped with the next one that make one word of the other.';
revoke execute on function private.rule_edits from public, anon;
grant execute on function private.rule_edits to authenticated, service_role;

-- sql/functions/rule_is_nearly.sql
create function private.rule_is_nearly(
    -- a word of a term
    wanted text,
    -- a word of the text
    said text
)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when wanted = said then true
            when
                length(wanted) <= 4
                or left(wanted, 1) <> left(said, 1)
                or abs(length(wanted) - length(said)) > allowed.edits
                -- what one has and the other has nowhere costs an edit each: rules out nearly all words at once
                or length(translate(wanted, said, '')) > allowed.edits
                or length(translate(said, wanted, '')) > allowed.edits
                then false
            else private.rule_edits(wanted, said) <= allowed.edits
        end
    from (select case when length(wanted) <= 8 then 1 else 2 end as edits) as allowed;
$$;
comment on function private.rule_is_nearly is
'Is this word of a text at most as many edits from that of a term as its length allows, with the same first letter?';
revoke execute on function private.rule_is_nearly from public, anon;
grant execute on function private.rule_is_nearly to authenticated, service_role;

-- sql/functions/rule_fuzzy_holds.sql
create function private.rule_fuzzy_holds(
    -- from rule_search_text
    searched text,
    -- the words of each term, from rule_words
    terms jsonb
)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    said constant text[] := private.rule_words(left(searched, 20000));
    wanted text;
    starts integer[];
    -- places of the text at which the words of a term so far begin
    places integer[];
begin
    for term in 0..jsonb_array_length(terms) - 1 loop
        places := null;
        for step in 0..jsonb_array_length(terms -> term) - 1 loop
            wanted := terms -> term ->> step;
            starts := array(
                select found.place - step
                from unnest(said) with ordinality as found (word, place)
                where
                    (places is null or found.place - step = any(places))
                    and private.rule_is_nearly(wanted, found.word)
            );
            places := starts;
            exit when places = '{}';
        end loop;
        if places <> '{}' then
            return true;
        end if;
    end loop;
    return false;
end
$$;
comment on function private.rule_fuzzy_holds is
'Does a text say nearly the words of one of these terms? The formula is written out in campaignbase.core.fuzzy.';
revoke execute on function private.rule_fuzzy_holds from public, anon;
grant execute on function private.rule_fuzzy_holds to authenticated, service_role;

-- sql/functions/rule_program.sql
create function private.rule_program(
    -- as rule_error accepts them
    conditions jsonb
)
    -- one step a condition, cheap ones first: ["equal", fact, [folded value, ...]],
    -- ["at_least" | "at_most", fact, number], ["any_term" | "all_terms", [search text, ...]],
    -- ["fuzzy", [[word, ...], ...]], ["regex", translated pattern], ["all" | "any", [program, ...]], ["not", program]
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    program jsonb := '[]';
    late jsonb := '[]';
    key text;
    value jsonb;
begin
    for key, value in select * from jsonb_each(conditions) loop
        case
            when key in ('all', 'any') then
                late := late || jsonb_build_array(
                    jsonb_build_array(
                        key,
                        (
                            select jsonb_agg(private.rule_program(part.value) order by part.place)
                            from jsonb_array_elements(value) with ordinality as part (value, place)
                        )
                    )
                );
            when key = 'not' then
                late := late || jsonb_build_array(
                    jsonb_build_array(key, private.rule_program(value))
                );
            when key = 'matches_regex' then
                late := jsonb_build_array(
                    jsonb_build_array(
                        'regex', (private.regex_translation(value #>> '{}')).translated
                    )
                ) || late;
            when key = 'fuzzy' then
                if jsonb_typeof(value) = 'string' then
                    value := jsonb_build_array(value);
                end if;
                late := jsonb_build_array(
                    jsonb_build_array(
                        key,
                        (
                            select
                                jsonb_agg(
                                    to_jsonb(
                                        private.rule_words(private.rule_search_text(private.rule_fold(term)))
                                    )
                                )
                            from jsonb_array_elements_text(value) as term
                        )
                    )
                ) || late;
            when starts_with(key, 'min_') or starts_with(key, 'max_') then
                program := program || jsonb_build_array(
                    jsonb_build_array(
                        case left(key, 4) when 'min_' then 'at_least' else 'at_most' end,
                        substr(key, 5),
                        private.rule_number(value)
                    )
                );
            else
                if jsonb_typeof(value) = 'string' then
                    value := jsonb_build_array(value);
                end if;
                if starts_with(key, 'contains_') then
                    program := program || jsonb_build_array(
                        jsonb_build_array(
                            case key when 'contains_all' then 'all_terms' else 'any_term' end,
                            (
                                select jsonb_agg(btrim(private.rule_search_text(private.rule_fold(term)), ' '))
                                from jsonb_array_elements_text(value) as term
                            )
                        )
                    );
                else
                    program := jsonb_build_array(
                        jsonb_build_array(
                            'equal', key, private.rule_fold_values(key, value)
                        )
                    ) || program;
                end if;
        end case;
    end loop;
    return program || late;
end
$$;
comment on function private.rule_program is
'Conditions made ready to be asked of many assets: folded, translated, cheap ones first.';
revoke execute on function private.rule_program from public, anon;
grant execute on function private.rule_program to authenticated, service_role;

-- sql/functions/rule_facts.sql
create function private.rule_facts(
    -- from asset_facts
    facts jsonb
)
    -- the same with texts folded, `platform` and `tag` as lists, `folded` and `searched` for the text;
    -- null means unknown
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    platform jsonb := '[]';
    tag jsonb := '[]';
    folded text := private.rule_fold(coalesce(facts ->> 'text', ''));
begin
    if jsonb_array_length(facts -> 'platforms') > 0 then
        platform := private.rule_fold_values('platform', facts -> 'platforms');
    end if;
    if jsonb_array_length(facts -> 'tags') > 0 then
        tag := private.rule_fold_values('tag', facts -> 'tags');
    end if;
    return jsonb_build_object(
        'campaign_type', private.rule_fold(facts ->> 'campaign_type'),
        'category', private.rule_fold(facts ->> 'category'),
        'content_type', private.rule_fold(facts ->> 'content_type'),
        'generator', private.rule_fold(facts ->> 'generator'),
        'language', private.rule_fold(facts ->> 'language'),
        'platform', platform,
        'quality_score', facts -> 'quality_score',
        'sentiment', private.rule_fold(facts ->> 'sentiment'),
        'similarity', facts -> 'similarity',
        'tag', tag,
        'target_audience', private.fold_tag(facts ->> 'target_audience'),
        'word_count', facts -> 'word_count',
        'folded', folded,
        'searched', private.rule_search_text(folded)
    );
end
$$;
comment on function private.rule_facts is 'Facts of one asset made ready for many rules.';
revoke execute on function private.rule_facts from public, anon;
grant execute on function private.rule_facts to authenticated, service_role;

-- sql/functions/rule_holds.sql
create function private.rule_holds(
    -- from rule_program
    program jsonb,
    -- from rule_facts
    facts jsonb
)
    returns boolean
    language plpgsql
    immutable
    parallel safe
    strict
    set search_path = ''
as $$
declare
    word constant text := '[' || private.regex_word_characters() || ']';
    step jsonb;
    kind text;
    fact text;
    wanted text;
    bound numeric;
    found boolean;
    place integer;
begin
    for index in 0..jsonb_array_length(program) - 1 loop
        step := program -> index;
        kind := step ->> 0;
        found := kind in ('all', 'all_terms');
        case
            when kind = 'equal' then
                fact := step ->> 1;
                step := step -> 2;
                for item in 0..jsonb_array_length(step) - 1 loop
                    found := facts -> fact ? (step ->> item);
                    exit when found;
                end loop;
            when kind in ('at_least', 'at_most') then
                fact := facts ->> (step ->> 1);
                bound := step ->> 2;
                found := coalesce(
                    case kind when 'at_least' then fact::numeric >= bound else fact::numeric <= bound end,
                    false
                );
            when kind in ('any_term', 'all_terms') then
                fact := facts ->> 'searched';
                step := step -> 1;
                for item in 0..jsonb_array_length(step) - 1 loop
                    wanted := step ->> item;
                    place := strpos(fact, wanted);
                    found := place > 0 and wanted <> '';
                    if
                        found and (
                            place > 1 and substr(fact, place - 1, 1) ~ word
                            or substr(fact, place + length(wanted), 1) ~ word
                        )
                    then
                        -- the first time it stands inside a word: perhaps it stands alone further on
                        found := fact ~ (
                            '(?<!' || word || ')'
                            || regexp_replace(wanted, '([][(){}|*+?^$.\\])', '\\\1', 'g')
                            || '(?!' || word || ')'
                        );
                    end if;
                    exit when found = (kind = 'any_term');
                end loop;
            when kind = 'regex' then
                found := facts ->> 'folded' ~ (step ->> 1);
            when kind = 'fuzzy' then
                found := private.rule_fuzzy_holds(facts ->> 'searched', step -> 1);
            when kind = 'not' then
                found := not private.rule_holds(step -> 1, facts);
            else
                step := step -> 1;
                for item in 0..jsonb_array_length(step) - 1 loop
                    found := private.rule_holds(step -> item, facts);
                    exit when found = (kind = 'any');
                end loop;
        end case;
        if found is not true then
            return false;
        end if;
    end loop;
    return true;
end
$$;
comment on function private.rule_holds is
'Do all the conditions hold for an asset? The twin of campaignbase.core.rules.rule_matches.';
revoke execute on function private.rule_holds from public, anon;
grant execute on function private.rule_holds to authenticated, service_role;

-- sql/functions/rule_matches.sql
create function private.rule_matches(
    -- as rule_error accepts them
    conditions jsonb,
    -- from asset_facts
    facts jsonb
)
    returns boolean
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select private.rule_holds(private.rule_program(conditions), private.rule_facts(facts));
$$;
comment on function private.rule_matches is
'Would this rule hit this asset? For many rules or assets prepare each side once and ask rule_holds.';
revoke execute on function private.rule_matches from public, anon;
grant execute on function private.rule_matches to authenticated, service_role;

-- sql/functions/rule_text_error.sql
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

-- sql/functions/rule_list_error.sql
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

-- sql/functions/rule_texts_error.sql
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

-- sql/functions/rule_conditions_error.sql
create function private.rule_conditions_error(
    conditions jsonb,
    path text default 'conditions',
    -- the outermost object counts as 1
    depth integer default 1
)
    -- null when nothing is wrong
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
declare
    known constant text[] := array[
        'all', 'any', 'campaign_type', 'category', 'contains_all', 'contains_keyword',
        'contains_phrase', 'content_type', 'fuzzy', 'generator', 'language', 'matches_regex',
        'max_quality_score', 'max_similarity', 'max_word_count', 'min_quality_score',
        'min_similarity', 'min_word_count', 'not', 'platform', 'sentiment', 'tag', 'target_audience'
    ];
    key text;
    value jsonb;
    below text;
    error text;
    low integer;
    high integer;
    regex record;
begin
    if jsonb_typeof(conditions) is distinct from 'object' then
        return format(
            '%s: expected an object, got %s', path, coalesce(jsonb_typeof(conditions), 'null')
        );
    elsif depth > 8 then
        return format('%s: nested deeper than 8 levels', path);
    elsif conditions = '{}' then
        return format(
            '%s: empty, which would match everything; give at least one condition', path
        );
    end if;
    for key, value in
        select condition.key, condition.value
        from jsonb_each(conditions) as condition
        order by condition.key collate "C"
    loop
        if key <> all(known) then
            return format(
                '%s: unknown condition ''%s''; known: %s',
                path, left(key, 60), array_to_string(known, ', ')
            );
        end if;
        below := path || '.' || key;
        if key = 'not' then
            error := private.rule_conditions_error(value, below, depth + 1);
        elsif key in ('all', 'any') then
            if jsonb_typeof(value) <> 'array' then
                return format('%s: expected a list of objects, got %s', below, jsonb_typeof(value));
            end if;
            error := private.rule_list_error(value, below);
            for place in 0..jsonb_array_length(value) - 1 loop
                exit when error is not null;
                error := private.rule_conditions_error(
                    value -> place, format('%s[%s]', below, place), depth + 1
                );
            end loop;
        elsif starts_with(key, 'min_') or starts_with(key, 'max_') then
            if jsonb_typeof(value) <> 'number' then
                return format('%s: expected a number, got %s', below, jsonb_typeof(value));
            end if;
            low := case substr(key, 5) when 'similarity' then -1 else 0 end;
            high := case substr(key, 5) when 'word_count' then 1000000000 else 1 end;
            if private.rule_number(value)::numeric not between low and high then
                return format('%s: expected a number from %s to %s', below, low, high);
            end if;
        elsif key = 'matches_regex' then
            error := private.rule_text_error(value, below, longest => 500);
            if error is null then
                regex := private.regex_translation(value #>> '{}');
                if regex.refusal is not null then
                    return format(
                        '%s: regex refused at character %s: %s',
                        below, regex.refused_at, private.regex_refusal(regex.refusal)
                    );
                end if;
                -- what the subset lets through compiles; if ever it did not, saving fails and not the queue
                perform '' ~ regex.translated;
            end if;
        else
            error := private.rule_texts_error(
                value, below,
                case key
                    when 'content_type' then array['image', 'text', 'video']
                    when 'sentiment' then array['mixed', 'negative', 'neutral', 'positive']
                end
            );
            if error is null and key = 'fuzzy' then
                select
                    format(
                        '%s: no letter or digit of a script that puts spaces between words',
                        below || case when jsonb_typeof(value) = 'array' then format('[%s]', term.place - 1) else '' end
                    )
                into error
                from jsonb_array_elements_text(
                    case when jsonb_typeof(value) = 'array' then value else jsonb_build_array(value) end
                ) with ordinality as term (text, place)
                where private.rule_words(private.rule_search_text(private.rule_fold(term.text))) = '{}'
                order by term.place
                limit 1;
            end if;
        end if;
        if error is not null then
            return error;
        end if;
    end loop;
    foreach key in array array['quality_score', 'similarity', 'word_count'] loop
        if
            private.rule_number(conditions -> ('max_' || key))::numeric
            < private.rule_number(conditions -> ('min_' || key))::numeric
        then
            return format('%s: max_%s is below min_%s, so it can never hold', path, key, key);
        end if;
    end loop;
    return null;
end
$$;
comment on function private.rule_conditions_error is
'The first thing wrong with the conditions of a rule, in the words and the order of campaignbase.core.rule_schema.';
revoke execute on function private.rule_conditions_error from public, anon;
grant execute on function private.rule_conditions_error to authenticated, service_role;

-- sql/functions/rule_actions_error.sql
create function private.rule_actions_error(
    actions jsonb,
    rule_type text
)
    -- null when nothing is wrong
    returns text
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
declare
    known constant text[] := array[
        'add_category', 'add_tags', 'approve', 'category', 'remove_tags', 'require_approval', 'schedule',
        'set_audience', 'set_sentiment', 'webhook'
    ];
    key text;
    value jsonb;
    sentiments constant text[] := array['mixed', 'negative', 'neutral', 'positive'];
    error text;
    -- the type of rule that may have the action
    needed text;
begin
    if jsonb_typeof(actions) is distinct from 'object' then
        return format('actions: expected an object, got %s', coalesce(jsonb_typeof(actions), 'null'));
    elsif actions = '{}' then
        return 'actions: empty; give at least one action';
    end if;
    for key, value in
        select action.key, action.value
        from jsonb_each(actions) as action
        order by action.key collate "C"
    loop
        needed := case
            when key in ('add_category', 'category') then 'categorization'
            when key in ('approve', 'require_approval') then 'approval'
            when key = 'schedule' then 'scheduling'
        end;
        if key <> all(known) then
            return format(
                'actions: unknown action ''%s''; known: %s', left(key, 60), array_to_string(known, ', ')
            );
        elsif needed <> rule_type then
            return format(
                'actions: action ''%s'' needs a rule of type %s, not %s', key, needed, rule_type
            );
        elsif key in ('approve', 'require_approval', 'schedule') then
            if value <> 'true' then
                error := format('actions.%s: expected true; to do nothing, leave it out', key);
            end if;
        elsif key in ('add_tags', 'remove_tags') then
            error := private.rule_texts_error(value, 'actions.' || key);
        else
            error := private.rule_text_error(value, 'actions.' || key);
            -- as it will be written, so not folded
            if error is null and key = 'set_sentiment' and value #>> '{}' <> all(sentiments) then
                error := format(
                    'actions.%s: unknown value ''%s''; known: %s',
                    key, value #>> '{}', array_to_string(sentiments, ', ')
                );
            end if;
        end if;
        if error is not null then
            return error;
        end if;
    end loop;
    if actions ?& array['add_category', 'category'] then
        return 'actions: ''add_category'' and ''category'' mean the same; keep one';
    end if;
    if actions ?& array['approve', 'require_approval'] then
        return 'actions: ''approve'' and ''require_approval'' contradict each other; keep one';
    end if;
    return null;
end
$$;
comment on function private.rule_actions_error is
'The first thing wrong with the actions of a rule, in the words and the order of campaignbase.core.rule_schema.';
revoke execute on function private.rule_actions_error from public, anon;
grant execute on function private.rule_actions_error to authenticated, service_role;

-- sql/functions/rule_error.sql
create function private.rule_error(
    rule_type text,
    conditions jsonb,
    actions jsonb,
    -- starts the message when given
    name text default null
)
    -- null when the rule may be saved
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        coalesce('rule ''' || name || ''': ', '') || coalesce(
            case
                when rule_type not in ('approval', 'categorization', 'scheduling', 'tagging')
                    then format(
                        'unknown rule_type ''%s''; known: approval, categorization, scheduling, tagging',
                        rule_type
                    )
            end,
            private.rule_conditions_error(conditions),
            private.rule_actions_error(actions, rule_type)
        );
$$;
comment on function private.rule_error is
'The first thing wrong with a rule, in the words and the order of campaignbase.core.rule_schema.';
revoke execute on function private.rule_error from public, anon;
grant execute on function private.rule_error to authenticated, service_role;

-- sql/functions/rule_renamed.sql
create function private.rule_renamed(
    -- conditions or actions, or what is below one of their keys
    part jsonb,
    -- the keys that name labels
    fields text[],
    old_name text,
    new_name text,
    -- tags are the same when they fold to the same word, categories whatever their case
    are_tags boolean,
    -- is the part below one of those keys?
    is_below boolean default false
)
    returns jsonb
    language plpgsql
    immutable
    parallel safe
    set search_path = ''
as $$
begin
    case jsonb_typeof(part)
        when 'object' then
            return (
                select
                    coalesce(
                        jsonb_object_agg(
                            key,
                            private.rule_renamed(
                                value, fields, old_name, new_name, are_tags, key = any(fields)
                            )
                        ),
                        part
                    )
                from jsonb_each(part)
            );
        when 'array' then
            return (
                select
                    coalesce(
                        jsonb_agg(
                            private.rule_renamed(
                                value, fields, old_name, new_name, are_tags, is_below
                            )
                            order by place
                        ),
                        part
                    )
                from jsonb_array_elements(part) with ordinality as listed (value, place)
            );
        when 'string' then
            if
                is_below and (
                    private.rule_fold(part #>> '{}') = private.rule_fold(old_name)
                    or are_tags and private.fold_tag(part #>> '{}') = private.fold_tag(old_name)
                )
            then
                return to_jsonb(new_name);
            end if;
        else
            null;
    end case;
    return part;
end
$$;
comment on function private.rule_renamed is 'Part of a rule with a label''s old name replaced by its new one.';
revoke execute on function private.rule_renamed from public, anon;
grant execute on function private.rule_renamed to authenticated, service_role;

-- sql/functions/rule_own_names.sql
create function private.rule_own_names(
    workspace_id uuid,
    -- conditions or actions that may be saved, or what is below one of their keys
    part jsonb,
    -- category or tag, where the part is below a key that names some
    kind text default null
)
    returns jsonb
    language plpgsql
    stable
    parallel safe
    set search_path = ''
as $$
declare
    word constant text := case when jsonb_typeof(part) = 'string' then part #>> '{}' end;
    own_name text;
begin
    case jsonb_typeof(part)
        when 'object' then
            return (
                select
                    coalesce(
                        jsonb_object_agg(
                            key,
                            private.rule_own_names(
                                rule_own_names.workspace_id,
                                value,
                                case
                                    when key in ('category', 'add_category') then 'category'
                                    when
                                        key in ('tag', 'target_audience', 'add_tags', 'remove_tags', 'set_audience')
                                        then 'tag'
                                end
                            )
                        ),
                        part
                    )
                from jsonb_each(part)
            );
        when 'array' then
            return (
                select
                    coalesce(
                        jsonb_agg(
                            private.rule_own_names(rule_own_names.workspace_id, value, rule_own_names.kind)
                            order by place
                        ),
                        part
                    )
                from jsonb_array_elements(part) with ordinality as listed (value, place)
            );
        else
            null;
    end case;
    if rule_own_names.kind = 'category' and word is not null then
        return to_jsonb(private.find_category(rule_own_names.workspace_id, word));
    elsif rule_own_names.kind = 'tag' and word is not null then
        own_name := private.find_tag(rule_own_names.workspace_id, private.fold_tag(btrim(word)));
        -- another spelling of its own name is as good
        if private.fold_tag(own_name) <> private.fold_tag(btrim(word)) then
            return to_jsonb(own_name);
        end if;
    end if;
    return part;
end
$$;
comment on function private.rule_own_names is
'Part of a rule that calls labels by their own names where it called them by another one, such as that of one merged.';
revoke execute on function private.rule_own_names from public, anon;
grant execute on function private.rule_own_names to authenticated, service_role;
