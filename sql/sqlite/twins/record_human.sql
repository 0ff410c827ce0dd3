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
        workspace_id, content_asset_id, campaign_id, field, label, previous_label, source, judged_id, reasons,
        outcome, vocabulary_version
    )
    select
        new.workspace_id,
        new.content_asset_id,
        new.campaign_id,
        new.field,
        new.label,
        new.previous_label,
        'human',
        (
            select iif(source is not 'human', id, null)
            from categorizations
            where
                workspace_id = new.workspace_id
                and (content_asset_id = new.content_asset_id or campaign_id = new.campaign_id)
                and field = new.field
                and outcome <> 'kept_human'
                and (new.field = 'category' or new.previous_label is not null)
            order by created_at desc, rowid desc
            limit 1
        ),
        json_array(case when new.label is null then 'cleared by a person' else 'set by a person' end),
        'applied',
        workspaces.vocabulary_version
    from workspaces
    where workspaces.id = new.workspace_id;
end;
