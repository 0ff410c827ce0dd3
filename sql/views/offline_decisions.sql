create view public.offline_decisions
with (security_invoker = true)
as
select
    categorizations.id,
    categorizations.workspace_id,
    coalesce(categorizations.content_asset_id, categorizations.campaign_id) as target_id,
    case when categorizations.campaign_id is null then 'content' else 'campaign' end as target,
    categorizations.fallback,
    categorizations.label,
    categorizations.created_at as decided_at
from public.categorizations
where
    categorizations.fallback is not null
    and not exists (
        select 1
        from public.categorizations as later
        where
            later.workspace_id = categorizations.workspace_id
            and later.content_asset_id = categorizations.content_asset_id
            and later.field = 'category'
            and later.created_at > categorizations.created_at
    )
    and not exists (
        select 1
        from public.categorizations as later
        where
            later.workspace_id = categorizations.workspace_id
            and later.campaign_id = categorizations.campaign_id
            and later.field = 'category'
            and later.created_at > categorizations.created_at
    );
comment on view public.offline_decisions is
'Content and campaigns that the offline analyst decided because the budget was spent, the model''s provider down,
or the model had not passed the gate, and nobody since: worth asking the model again. queue_content takes their
target_id.';
comment on column public.offline_decisions.fallback is 'budget, provider or gate.';
grant select on public.offline_decisions to authenticated, service_role;
