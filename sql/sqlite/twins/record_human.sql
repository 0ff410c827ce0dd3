-- twin of: private.record_human
-- A call is an insert.
create view record_human as
select workspace_id, content_asset_id, campaign_id, field, label, previous_label
from categorizations
where false;

create trigger record_human__call
instead of insert on record_human
begin
    insert into categorizations
    (
        workspace_id, content_asset_id, campaign_id, field, label, previous_label, source, reasons, outcome,
        vocabulary_version
    )
    select
        new.workspace_id,
        new.content_asset_id,
        new.campaign_id,
        new.field,
        new.label,
        new.previous_label,
        'human',
        json_array(case when new.label is null then 'cleared by a person' else 'set by a person' end),
        'applied',
        workspaces.vocabulary_version
    from workspaces
    where workspaces.id = new.workspace_id;
end;
