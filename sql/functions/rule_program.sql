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
