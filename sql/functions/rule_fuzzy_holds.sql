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
