-- twin of: private.tg_social_posts__sum_cost, public.social_posts._800_sum_cost_insert,
--   public.social_posts._800_sum_cost_update, public.social_posts._800_sum_cost_delete
create trigger social_posts__sum_cost_insert
after insert on social_posts
when new.campaign_id is not null and cast(new.posting_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (new.campaign_id);
end;

create trigger social_posts__sum_cost_update
after update of campaign_id, posting_cost on social_posts
when new.campaign_id is not old.campaign_id or new.posting_cost is not old.posting_cost
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id), (new.campaign_id);
end;

create trigger social_posts__sum_cost_delete
after delete on social_posts
when old.campaign_id is not null and cast(old.posting_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id);
end;
