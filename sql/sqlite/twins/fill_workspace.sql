-- twin of: private.tg__fill_workspace, public.automation_rules._100_fill_workspace,
--   public.campaigns._100_fill_workspace, public.categories._100_fill_workspace,
--   public.content_assets._100_fill_workspace, public.social_posts._100_fill_workspace,
--   public.tag_groups._100_fill_workspace, public.tags._100_fill_workspace,
--   public.webhook_endpoints._100_fill_workspace
-- A missing workspace_id is the column's default; here it is only kept for ever, as the id is.
create trigger automation_rules__keep_workspace
before update of workspace_id on automation_rules
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in automation_rules cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger automation_rules__keep_id
before update of id on automation_rules
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in automation_rules cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger campaigns__keep_workspace
before update of workspace_id on campaigns
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in campaigns cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger campaigns__keep_id
before update of id on campaigns
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in campaigns cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger categories__keep_workspace
before update of workspace_id on categories
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in categories cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger categories__keep_id
before update of id on categories
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in categories cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger content_assets__keep_workspace
before update of workspace_id on content_assets
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in content_assets cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger content_assets__keep_id
before update of id on content_assets
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in content_assets cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger social_posts__keep_workspace
before update of workspace_id on social_posts
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in social_posts cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger social_posts__keep_id
before update of id on social_posts
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in social_posts cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger tag_groups__keep_workspace
before update of workspace_id on tag_groups
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in tag_groups cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger tag_groups__keep_id
before update of id on tag_groups
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in tag_groups cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger tags__keep_workspace
before update of workspace_id on tags
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in tags cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger tags__keep_id
before update of id on tags
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in tags cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger webhook_endpoints__keep_workspace
before update of workspace_id on webhook_endpoints
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in webhook_endpoints cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger webhook_endpoints__keep_id
before update of id on webhook_endpoints
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in webhook_endpoints cannot be changed; insert a copy with the other id and delete this row'
    );
end;
