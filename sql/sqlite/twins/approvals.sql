-- twin of: private.tg__stamp_approval, private.tg__reset_approval, private.tg__record_approval,
--   private.tg_content_assets__reset_posts, public.content_assets._660_reset_posts,
--   private.tg_social_posts__hold_unapproved, public.content_assets._250_stamp_approval,
--   public.content_assets._260_reset_approval, public.content_assets._650_record_approval,
--   public.social_posts._250_stamp_approval, public.social_posts._260_reset_approval,
--   public.social_posts._270_hold_unapproved, public.social_posts._650_record_approval
create trigger content_assets__record_approval
after update of approval, approval_rule on content_assets
when new.approval is not old.approval or new.approval_rule is not old.approval_rule
begin
    update content_assets
    set
        approval_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
        approval_by = null,
        approval_rule = case when exists (select 1 from acting) then new.approval_rule end
    where id = new.id;
    insert into approvals (workspace_id, content_asset_id, previous_approval, approval, rule, note)
    select workspace_id, id, old.approval, approval, approval_rule, approval_note
    from content_assets
    where id = new.id;
    -- what waited for a person may be scheduled now
    insert into acting (actor)
    select 'schedule'
    where
        new.approval = 'approved'
        and new.label_state <> 'queued'
        and not exists (select 1 from acting)
        and exists (
            select 1
            from automation_rules
            where workspace_id = new.workspace_id and rule_type = 'scheduling' and enabled
        );
    update content_assets
    set label_state = 'queued'
    where id = new.id and exists (select 1 from acting where actor = 'schedule');
    insert into queue_job (workspace_id, kind, target_id)
    select new.workspace_id, 'categorize_content', new.id
    from acting
    where actor = 'schedule';
    delete from acting where actor = 'schedule';
end;

create trigger content_assets__reset_approval
after update of content, prompt, alt_text, file_path, file_url on content_assets
when
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is not (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
begin
    -- so that the rule that decided stays named
    insert into acting (actor) values ('reset');
    update content_assets
    set approval = 'required', approval_note = 'changed since it was ' || old.approval
    where id = new.id;
    delete from acting where actor = 'reset';
end;

create trigger content_assets__reset_posts
after update of content, prompt, alt_text, file_path, file_url on content_assets
when
    (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is not (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
begin
    update social_posts
    set approval = 'required', approval_note = 'its content changed since it was ' || approval
    where
        workspace_id = new.workspace_id
        and content_asset_id = new.id
        and approval in ('approved', 'rejected')
        and status in ('scheduled', 'failed');
end;

create trigger social_posts__record_approval
after update of approval, approval_rule on social_posts
when new.approval is not old.approval or new.approval_rule is not old.approval_rule
begin
    update social_posts
    set
        approval_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
        approval_by = null,
        approval_rule = case when exists (select 1 from acting) then new.approval_rule end
    where id = new.id;
    insert into approvals (workspace_id, social_post_id, previous_approval, approval, rule, note)
    select workspace_id, id, old.approval, approval, approval_rule, approval_note
    from social_posts
    where id = new.id;
end;

create trigger social_posts__reset_approval
after update of post_text, media_urls, hashtags, mentions, content_asset_id on social_posts
when
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.post_text, old.media_urls, old.hashtags, old.mentions, old.content_asset_id)
    is not (new.post_text, new.media_urls, new.hashtags, new.mentions, new.content_asset_id)
begin
    insert into acting (actor) values ('reset');
    update social_posts
    set approval = 'required', approval_note = 'changed since it was ' || old.approval
    where id = new.id;
    delete from acting where actor = 'reset';
end;

create trigger social_posts__hold_unapproved_insert
before insert on social_posts
when
    new.status <> 'deleted'
    and (new.scheduled_time is not null or new.posted_time is not null or new.status = 'posted')
begin
    select raise(
        abort,
        'a post cannot be scheduled or posted while the post is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    where new.approval in ('required', 'rejected');
    select raise(
        abort,
        'a post cannot be scheduled or posted while its content is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    from content_assets
    where
        workspace_id = new.workspace_id
        and id = new.content_asset_id
        and approval in ('required', 'rejected');
end;

create trigger social_posts__hold_unapproved_update
before update of scheduled_time, posted_time, status, content_asset_id on social_posts
when
    new.status <> 'deleted'
    and (new.scheduled_time is not null or new.posted_time is not null or new.status = 'posted')
    and (new.scheduled_time, new.posted_time, new.status, new.content_asset_id)
    is not (old.scheduled_time, old.posted_time, old.status, old.content_asset_id)
begin
    select raise(
        abort,
        'a post cannot be scheduled or posted while the post is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    where new.approval in ('required', 'rejected');
    select raise(
        abort,
        'a post cannot be scheduled or posted while its content is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    from content_assets
    where
        workspace_id = new.workspace_id
        and id = new.content_asset_id
        and approval in ('required', 'rejected');
end;
