create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.social_posts
for each row execute function private.tg__fill_workspace();

create trigger _250_stamp_approval
before update on public.social_posts
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__stamp_approval();

create trigger _260_reset_approval
before update of post_text, media_urls, hashtags, mentions, content_asset_id on public.social_posts
for each row
when (
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.post_text, old.media_urls, old.hashtags, old.mentions, old.content_asset_id)
    is distinct from (new.post_text, new.media_urls, new.hashtags, new.mentions, new.content_asset_id)
)
execute function private.tg__reset_approval();

create trigger _270_hold_unapproved
before insert or update on public.social_posts
for each row execute function private.tg_social_posts__hold_unapproved();

create trigger _400_set_updated_at
before update on public.social_posts
for each row execute function private.tg__set_updated_at();

create trigger _650_record_approval
after update on public.social_posts
for each row
when (
    (old.approval, old.approval_rule) is distinct from (new.approval, new.approval_rule)
)
execute function private.tg__record_approval();

create trigger _800_sum_cost_insert
after insert on public.social_posts
referencing new table as new_rows
for each statement execute function private.tg_social_posts__sum_cost();

create trigger _800_sum_cost_update
after update on public.social_posts
referencing old table as old_rows new table as new_rows
for each statement execute function private.tg_social_posts__sum_cost();

create trigger _800_sum_cost_delete
after delete on public.social_posts
referencing old table as old_rows
for each statement execute function private.tg_social_posts__sum_cost();
