create function public.begin_request(
    -- what tells this request from others of the caller
    request_key text,
    body_hash text,
    -- who would act now: a name that is used once
    owner text,
    -- whoever has not finished by then is taken for dead; clamped to 1..3600
    lease_seconds integer default 120
)
    -- {"state": "yours"}: act, then call finish_request; {"state": "other"}: the key was used for another body;
    -- {"state": "answered", "answer": "..."}; {"state": "under_way", "seconds_left": 3.5}
    returns jsonb
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select
        private.begin_request(
            begin_request.request_key,
            begin_request.body_hash,
            begin_request.owner,
            begin_request.lease_seconds
        );
$$;
comment on function public.begin_request is
'Whether a request that may be sent again is to be done now, was done, or is being done.

Answers are kept for 24 hours. Callers see their own requests alone.';
revoke execute on function public.begin_request from public, anon;
grant execute on function public.begin_request to authenticated, service_role;
