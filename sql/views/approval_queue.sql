create view public.approval_queue
with (security_invoker = true)
as
select
    content_assets.id,
    content_assets.workspace_id,
    'content' as kind,
    content_assets.campaign_id,
    left(
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        200
    ) as text,
    content_assets.approval_rule as rule,
    content_assets.approval_note as note,
    content_assets.approval_at as waiting_since
from public.content_assets
where content_assets.approval = 'required'
union all
select
    social_posts.id,
    social_posts.workspace_id,
    'post' as kind,
    social_posts.campaign_id,
    left(social_posts.post_text, 200) as text,
    social_posts.approval_rule as rule,
    social_posts.approval_note as note,
    social_posts.approval_at as waiting_since
from public.social_posts
where social_posts.approval = 'required';
comment on view public.approval_queue is
'Content and posts that wait for a person''s approval: rpc approve or reject ends it. Oldest first: order by waiting_since.';
comment on column public.approval_queue.kind is 'content or post.';
comment on column public.approval_queue.rule is 'The rule that asks for the approval; null: a person does.';
grant select on public.approval_queue to authenticated, service_role;
