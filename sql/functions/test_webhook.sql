create function private.test_webhook(endpoint_id uuid)
    returns uuid
    language plpgsql
    security definer  -- deliveries are not for callers to write; membership is checked below
    set search_path = ''
as $$
declare
    delivery uuid;
begin
    insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload)
    select
        webhook_endpoints.workspace_id,
        webhook_endpoints.id,
        'webhook.test',
        private.webhook_message(
            'webhook.test',
            jsonb_build_object('workspace_id', webhook_endpoints.workspace_id, 'webhook', webhook_endpoints.name)
        )
    from public.webhook_endpoints
    where
        webhook_endpoints.id = test_webhook.endpoint_id
        and webhook_endpoints.enabled
        and (
            private.caller_is_service()
            or webhook_endpoints.workspace_id in (select private.caller_editable_workspace_ids())
        )
    returning id into delivery;
    if delivery is null then
        raise exception using
            errcode = 'PT404',
            message = format('no enabled webhook endpoint %s in a workspace you may edit', test_webhook.endpoint_id);
    end if;
    return delivery;
end
$$;
comment on function private.test_webhook is 'What public.test_webhook does, for owners and editors.';
revoke execute on function private.test_webhook from public, anon;
grant execute on function private.test_webhook to authenticated, service_role;
