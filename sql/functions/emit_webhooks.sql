create function private.emit_webhooks(
    results jsonb,
    -- jobs that were written; their rows say what was decided
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- most workspaces listen to nothing
    if
        not exists (
            select
            from private.jobs
            inner join public.webhook_endpoints on jobs.workspace_id = webhook_endpoints.workspace_id
            where
                jobs.id = any(emit_webhooks.done)
                and webhook_endpoints.enabled
        )
    then
        return;
    end if;
    insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload)
    select
        webhook_endpoints.workspace_id,
        webhook_endpoints.id,
        event.event_type,
        private.webhook_message(event.event_type, private.webhook_content(jobs.target_id) || event.more)
    from jsonb_to_recordset(emit_webhooks.results) as answer (job_id bigint, rules jsonb)
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_content'
    inner join public.content_assets on jobs.target_id = content_assets.id
    inner join public.webhook_endpoints
        on
            jobs.workspace_id = webhook_endpoints.workspace_id
            and webhook_endpoints.enabled
    cross join lateral (
        select
            'content.' || content_assets.label_state as event_type,
            '{}'::jsonb as more
        where 'content.' || content_assets.label_state = any(webhook_endpoints.events)
        union all
        select
            'rule.matched',
            jsonb_build_object(
                'rule', jsonb_build_object('id', automation_rules.id, 'name', automation_rules.name)
            )
        from jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        inner join public.automation_rules on (fired ->> 'id')::uuid = automation_rules.id
        where
            automation_rules.workspace_id = jobs.workspace_id
            and automation_rules.actions ->> 'webhook' = webhook_endpoints.name
    ) as event
    where answer.job_id = any(emit_webhooks.done)
    order by answer.job_id;
end
$$;
comment on function private.emit_webhooks is
'Writes what endpoints are to be told of decisions, with the decisions: one message for each subscribed event and
each rule that matched and names an endpoint.';
revoke execute on function private.emit_webhooks from public, anon, authenticated;
grant execute on function private.emit_webhooks to service_role;
