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
