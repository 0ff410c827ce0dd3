create function private.answer_or_null(
    -- one that gives one value of type jsonb
    query text
)
    -- null also where a table of it is not there, or is not for this role
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
declare
    answer jsonb;
begin
    execute query into answer;
    return answer;
exception
    when others then
        return null;
end
$$;
comment on function private.answer_or_null is
'What a query says about a part of the platform that need not be there. As the caller, and for nobody by itself.';
revoke execute on function private.answer_or_null from public, anon, authenticated, service_role;
