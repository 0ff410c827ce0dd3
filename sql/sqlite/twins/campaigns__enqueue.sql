-- twin of: private.tg_campaigns__enqueue, private.campaign_text, public.campaigns._500_enqueue
create trigger campaigns__enqueue_insert
after insert on campaigns
begin
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_campaign', new.id);
end;

-- also what private.tg_campaigns__mark_human does to label_state
create trigger campaigns__enqueue_update
after update of name, content_style, visual_style, hashtag_strategy, cta_pattern on campaigns
when
    nullif(
        substr(
            case when trim(new.name, char(32, 9, 10, 13)) <> '' then char(10) || new.name else '' end
            || case when trim(new.content_style, char(32, 9, 10, 13)) <> '' then char(10) || new.content_style else '' end
            || case when trim(new.visual_style, char(32, 9, 10, 13)) <> '' then char(10) || new.visual_style else '' end
            || case when trim(new.hashtag_strategy, char(32, 9, 10, 13)) <> '' then char(10) || new.hashtag_strategy else '' end
            || case when trim(new.cta_pattern, char(32, 9, 10, 13)) <> '' then char(10) || new.cta_pattern else '' end,
            2
        ),
        ''
    )
    is not
    nullif(
        substr(
            case when trim(old.name, char(32, 9, 10, 13)) <> '' then char(10) || old.name else '' end
            || case when trim(old.content_style, char(32, 9, 10, 13)) <> '' then char(10) || old.content_style else '' end
            || case when trim(old.visual_style, char(32, 9, 10, 13)) <> '' then char(10) || old.visual_style else '' end
            || case when trim(old.hashtag_strategy, char(32, 9, 10, 13)) <> '' then char(10) || old.hashtag_strategy else '' end
            || case when trim(old.cta_pattern, char(32, 9, 10, 13)) <> '' then char(10) || old.cta_pattern else '' end,
            2
        ),
        ''
    )
begin
    update campaigns set label_state = 'queued' where id = new.id;
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_campaign', new.id);
end;
