create view public.campaign_costs
with (security_invoker = true)
as
select
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name,
    count(decisions.cost) as paid_answers,
    sum(decisions.cost) as labeling_cost
from public.campaigns
inner join (
    select
        categorizations.workspace_id,
        coalesce(content_assets.campaign_id, categorizations.campaign_id) as campaign_id,
        categorizations.cost
    from public.categorizations
    left join public.content_assets
        on
            categorizations.workspace_id = content_assets.workspace_id
            and categorizations.content_asset_id = content_assets.id
    where categorizations.cost is not null
) as decisions
    on
        campaigns.workspace_id = decisions.workspace_id
        and campaigns.id = decisions.campaign_id
group by
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name;
comment on view public.campaign_costs is
'What models cost to label the campaigns and their content, in US dollars. Campaigns that cost nothing are not listed.';
comment on column public.campaign_costs.paid_answers is 'Answers of models that cost money.';
comment on column public.campaign_costs.labeling_cost is 'US dollars.';
grant select on public.campaign_costs to authenticated, service_role;
