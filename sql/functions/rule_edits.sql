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
