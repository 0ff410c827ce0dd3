create view public.audit_queue
with (security_invoker = true)
as
select
    content_assets.id,
    content_assets.workspace_id,
    left(
        private.asset_text(
            content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
        ),
        200
    ) as text,
    content_assets.primary_category as label,
    decided.source,
    decided.score,
    decided.audited_at
from public.categorizations as decided
inner join public.content_assets
    on
        decided.workspace_id = content_assets.workspace_id
        and decided.content_asset_id = content_assets.id
where
    decided.audited_at is not null
    and decided.field = 'category'
    and decided.label is not null
    and content_assets.primary_category is not null
    and content_assets.category_source = decided.source
    and not exists (
        select 1
        from public.categorizations as said
        where
            said.workspace_id = decided.workspace_id
            and said.judged_id = decided.id
    )
    -- what was decided anew since is another label to judge, and may be picked itself
    and not exists (
        select 1
        from public.categorizations as later
        where
            later.workspace_id = decided.workspace_id
            and later.content_asset_id = decided.content_asset_id
            and later.field = 'category'
            and later.source = decided.source
            and later.outcome = 'applied'
            and later.created_at > decided.created_at
    );
comment on view public.audit_queue is
'Rows that machines labeled and sample_audit picked at random: is the label right?

Confirm or correct it as any other label (record_feedback, an edit) and the row is gone from here; so it is when a
machine decides it anew.';
comment on column public.audit_queue.text is 'Its first 200 characters.';
comment on column public.audit_queue.source is 'Which machine: rule, reuse, neighbor, trained or model.';
grant select on public.audit_queue to authenticated, service_role;
