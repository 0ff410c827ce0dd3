create function private.tg__check_embedding()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    raise exception using
        errcode = 'check_violation',
        message = format(
            'embedding of a row in %s must have length 1, not %s',
            tg_table_name, round(extensions.vector_norm(new.embedding)::numeric, 4)
        ),
        hint = 'Divide the vector by its Euclidean length; null where there is nothing to embed.';
end
$$;
comment on function private.tg__check_embedding is
'Refuses a vector that is not of unit length; the trigger asks, this only says so.';
revoke execute on function private.tg__check_embedding from public, anon, authenticated, service_role;
