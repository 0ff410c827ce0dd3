-- twin of: private.tg_webhook_endpoints__validate, private.tg_webhook_endpoints__add_secret,
--   private.tg_webhook_endpoints__refuse_used, public.webhook_endpoints._200_validate,
--   public.webhook_endpoints._500_add_secret, public.webhook_endpoints._050_refuse_used
-- The address and the events are read by the store, and again before each delivery.
create trigger webhook_endpoints__keep_name
before update of name on webhook_endpoints
when new.name is not old.name
begin
    select raise(
        abort,
        'the name of a webhook cannot be changed, rules may say it; add another endpoint and remove this one'
    );
end;

create trigger webhook_endpoints__forgive
after update of url, enabled on webhook_endpoints
when new.url is not old.url or new.enabled and not old.enabled
begin
    update webhook_endpoints
    set disabled_reason = null, failures = 0, failing_since = null, paused_until = null
    where id = new.id;
end;

create trigger webhook_endpoints__add_secret
after insert on webhook_endpoints
begin
    insert into webhook_secrets (workspace_id, endpoint_id, secret)
    values (new.workspace_id, new.id, 'whsec_' || lower(hex(randomblob(32))));
end;

create trigger webhook_endpoints__refuse_used
before delete on webhook_endpoints
when exists (select 1 from workspaces where id = old.workspace_id)
begin
    select raise(abort, 'the webhook is used by a rule and cannot be deleted')
    where
        exists (
            select 1
            from automation_rules
            where workspace_id = old.workspace_id and json_extract(actions, '$.webhook') = old.name
        );
end;
