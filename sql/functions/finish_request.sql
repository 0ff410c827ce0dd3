create function private.finish_request(
    request_key text,
    owner text,
    answer text
)
    returns boolean
    language plpgsql
    volatile
    security definer  -- the table is not for callers; each reaches the keys that begin with her own name alone
    set search_path = ''
as $$
declare
    own_key text := coalesce(auth.uid()::text, 'service') || ' ' || finish_request.request_key;
begin
    if finish_request.answer is null then
        delete from private.idempotency_keys
        where
            idempotency_keys.request_key = own_key
            and idempotency_keys.owner = finish_request.owner
            and idempotency_keys.answer is null;
    else
        update private.idempotency_keys
        set answer = finish_request.answer
        where
            idempotency_keys.request_key = own_key
            and idempotency_keys.owner = finish_request.owner
            and idempotency_keys.answer is null;
    end if;
    return found;
end
$$;
comment on function private.finish_request is 'What public.finish_request does, to requests of the caller.';
revoke execute on function private.finish_request from public, anon;
grant execute on function private.finish_request to authenticated, service_role;
