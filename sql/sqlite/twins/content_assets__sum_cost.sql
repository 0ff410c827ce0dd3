-- twin of: private.tg_content_assets__sum_cost, public.content_assets._800_sum_cost_insert,
--   public.content_assets._800_sum_cost_update, public.content_assets._800_sum_cost_delete
create trigger content_assets__sum_cost_insert
after insert on content_assets
when new.campaign_id is not null and cast(new.generation_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (new.campaign_id);
end;

create trigger content_assets__sum_cost_update
after update of campaign_id, generation_cost on content_assets
when new.campaign_id is not old.campaign_id or new.generation_cost is not old.generation_cost
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id), (new.campaign_id);
end;

create trigger content_assets__sum_cost_delete
after delete on content_assets
when old.campaign_id is not null and cast(old.generation_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id);
end;
