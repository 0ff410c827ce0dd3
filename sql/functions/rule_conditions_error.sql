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
