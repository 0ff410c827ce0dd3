create function private.webhook_message(
    event_type text,
    data jsonb
)
    returns jsonb
    language sql
    volatile
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'type', webhook_message.event_type,
            'timestamp', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'data', webhook_message.data
        );
$$;
comment on function private.webhook_message is 'The body of a delivery, as Standard Webhooks has it.';
revoke execute on function private.webhook_message from public, anon, authenticated;
grant execute on function private.webhook_message to service_role;
