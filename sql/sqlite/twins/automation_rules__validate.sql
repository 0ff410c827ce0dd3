-- twin of: private.tg_automation_rules__validate, public.automation_rules._200_validate
-- As far as a trigger can read a rule here: the store checks all of it, and skips one that it cannot read.
create trigger automation_rules__validate_insert
before insert on automation_rules
begin
    select raise(abort, 'conditions and actions of a rule must be JSON objects')
    where
        case when json_valid(new.conditions) then json_type(new.conditions) else '' end <> 'object'
        or case when json_valid(new.actions) then json_type(new.actions) else '' end <> 'object';
    select raise(abort, 'a rule files content under a category that this workspace does not have')
    where
        not exists (
            select 1
            from categories
            where
                workspace_id = new.workspace_id
                and name = coalesce(
                    json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category')
                )
        )
        and coalesce(json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category'))
        is not null;
    select raise(abort, 'a rule names a webhook that this workspace does not have')
    where
        json_extract(new.actions, '$.webhook') is not null
        and not exists (
            select 1
            from webhook_endpoints
            where workspace_id = new.workspace_id and name = json_extract(new.actions, '$.webhook')
        );
end;

create trigger automation_rules__validate_update
before update of rule_type, conditions, actions on automation_rules
begin
    select raise(abort, 'conditions and actions of a rule must be JSON objects')
    where
        case when json_valid(new.conditions) then json_type(new.conditions) else '' end <> 'object'
        or case when json_valid(new.actions) then json_type(new.actions) else '' end <> 'object';
    select raise(abort, 'a rule files content under a category that this workspace does not have')
    where
        -- one that went away since does not stop other edits of the rule
        coalesce(json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category'))
        is not coalesce(json_extract(old.actions, '$.add_category'), json_extract(old.actions, '$.category'))
        and not exists (
            select 1
            from categories
            where
                workspace_id = new.workspace_id
                and name = coalesce(
                    json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category')
                )
        )
        and coalesce(json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category'))
        is not null;
    select raise(abort, 'a rule names a webhook that this workspace does not have')
    where
        json_extract(new.actions, '$.webhook') is not null
        and not exists (
            select 1
            from webhook_endpoints
            where workspace_id = new.workspace_id and name = json_extract(new.actions, '$.webhook')
        );
end;
