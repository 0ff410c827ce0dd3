create view public.approved_posts
with (security_invoker = true)
as
select
    social_posts.id,
    social_posts.workspace_id,
    social_posts.campaign_id,
    social_posts.content_asset_id,
    social_posts.platform,
    social_posts.scheduled_time
from public.social_posts
left join public.content_assets
    on
        social_posts.workspace_id = content_assets.workspace_id
        and social_posts.content_asset_id = content_assets.id
where
    social_posts.status = 'scheduled'
    and social_posts.scheduled_time is not null
    and social_posts.approval in ('none', 'approved')
    and coalesce(content_assets.approval, 'none') in ('none', 'approved')
    -- where rules ask for approval they have read the content as it is now, or a person has
    and (
        content_assets.id is null
        or content_assets.label_state in ('labeled', 'review')
        or social_posts.approval = 'approved'
        or (content_assets.approval = 'approved' and content_assets.approval_rule is null)
        or not exists (
            select
            from public.automation_rules
            where
                automation_rules.workspace_id = social_posts.workspace_id
                and automation_rules.rule_type = 'approval'
                and automation_rules.enabled
        )
    );
comment on view public.approved_posts is
'What a publisher may take: posts with a time, neither they nor their content waiting for approval or rejected, nor for
the rules that may ask for it.';
grant select on public.approved_posts to authenticated, service_role;
