-- twin of: private.sum_campaign_cost
-- A call is an insert of a campaign's id. Money is decimal text of four places, summed as whole ten-thousandths.
create view sum_campaign_cost as
select campaign_id from content_assets where false;

create trigger sum_campaign_cost__call
instead of insert on sum_campaign_cost
begin
    update campaigns
    set actual_cost = (
        select printf('%d.%04d', coalesce(sum(units), 0) / 10000, coalesce(sum(units), 0) % 10000)
        from (
            select cast(round(cast(generation_cost as real) * 10000) as integer) as units
            from content_assets
            where workspace_id = campaigns.workspace_id and campaign_id = campaigns.id
            union all
            select cast(round(cast(posting_cost as real) * 10000) as integer)
            from social_posts
            where workspace_id = campaigns.workspace_id and campaign_id = campaigns.id
        )
    )
    where id = new.campaign_id;
end;
