create function private.check_query_embedding(query_embedding extensions.vector)
    returns void
    language plpgsql
    immutable
    set search_path = ''
as $$
begin
    -- the width written on an argument is ignored by Postgres
    if query_embedding is null or extensions.vector_dims(query_embedding) <> 1536 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'query_embedding must be a vector of 1536 numbers, not %s',
                coalesce(extensions.vector_dims(query_embedding)::text, 'null')
            ),
            hint = 'Embed the query with the workspace''s model; pad shorter vectors with zeros.';
    end if;
    if abs(extensions.vector_norm(query_embedding) - 1) > 0.01 then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'query_embedding must have length 1, not %s', round(extensions.vector_norm(query_embedding)::numeric, 4)
            ),
            hint = 'Divide the vector by its Euclidean length.';
    end if;
end
$$;
comment on function private.check_query_embedding is 'Refuses a vector that is not 1536 wide and of unit length.';
revoke execute on function private.check_query_embedding from public, anon;
grant execute on function private.check_query_embedding to authenticated, service_role;
