create function public.finish_request(
    request_key text,
    -- as begin_request was told
    owner text,
    -- at most 1,000,000 characters; null: nothing was done, and it may be sent again
    answer text default null
)
    -- false: too late, somebody else is at it or was
    returns boolean
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.finish_request(finish_request.request_key, finish_request.owner, finish_request.answer);
$$;
comment on function public.finish_request is
'What a request was answered, to be told again to whoever sends it again within 24 hours.';
revoke execute on function public.finish_request from public, anon;
grant execute on function public.finish_request to authenticated, service_role;
