create function private.label_ids(results jsonb)
    returns setof uuid
    language sql
    immutable
    set search_path = ''
as $$
    select (answer -> 'category' ->> 'id')::uuid
    from jsonb_array_elements(results) as answer
    where answer -> 'category' ->> 'id' is not null
    union
    select (answer -> 'audience' ->> 'id')::uuid
    from jsonb_array_elements(results) as answer
    where answer -> 'audience' ->> 'id' is not null
    union
    select (tag ->> 'id')::uuid
    from jsonb_array_elements(results) as answer
    cross join lateral jsonb_array_elements(
        case when jsonb_typeof(answer -> 'tags') = 'array' then answer -> 'tags' else '[]' end
    ) as tag;
$$;
comment on function private.label_ids is 'Ids of every category and tag that answers of workers name.';
revoke execute on function private.label_ids from public, anon, authenticated;
grant execute on function private.label_ids to service_role;
