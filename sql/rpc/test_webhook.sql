create function public.test_webhook(
    -- an enabled one
    endpoint_id uuid
)
    -- the delivery, to look at in webhook_deliveries
    returns uuid
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.test_webhook(test_webhook.endpoint_id);
$$;
comment on function public.test_webhook is
'Send an endpoint a message of type webhook.test.

It is signed, tried and logged as any other. For owners and editors.';
revoke execute on function public.test_webhook from public, anon;
grant execute on function public.test_webhook to authenticated, service_role;
