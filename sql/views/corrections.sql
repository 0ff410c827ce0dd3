create view public.corrections
with (security_invoker = true)
as
select
    word.id,
    said.workspace_id,
    said.content_asset_id,
    said.campaign_id,
    said.field,
    case
        when judged.outcome = 'abstained' and word.label is not null then 'decided'
        when judged.outcome = 'abstained' then 'left_empty'
        when word.label is null then 'cleared'
        when word.label = said.previous_label then 'confirmed'
        else 'corrected'
    end as kind,
    word.label,
    said.previous_label as machine_label,
    judged.candidate as machine_candidate,
    judged.labels as machine_labels,
    judged.source,
    judged.score,
    judged.rule_id,
    judged.head_version,
    judged.model,
    judged.prompt_version,
    judged.vocabulary_version,
    judged.embedding_model,
    judged.id as machine_decision_id,
    judged.created_at as machine_decided_at,
    word.reasons,
    word.decided_by,
    word.created_at
from public.categorizations as said
inner join public.categorizations as judged
    on
        said.workspace_id = judged.workspace_id
        and said.judged_id = judged.id
-- what people say in the end, so that a slip that was taken back counts for nothing
inner join public.categorizations as word
    on
        word.id = (
            select last.id
            from public.categorizations as last
            where
                last.workspace_id = said.workspace_id
                and (last.content_asset_id = said.content_asset_id or last.campaign_id = said.campaign_id)
                and last.field = said.field
                and last.source = 'human'
                and last.created_at >= said.created_at
                -- once a machine has read the row again, it may be about another text
                and not exists (
                    select 1
                    from public.categorizations as again
                    where
                        again.workspace_id = said.workspace_id
                        and (
                            again.content_asset_id = said.content_asset_id
                            or again.campaign_id = said.campaign_id
                        )
                        and again.field = 'category'
                        and coalesce(again.source, '') <> 'human'
                        and again.created_at > said.created_at
                        and again.created_at < last.created_at
                )
            order by last.created_at desc, last.id desc
            limit 1
        );
comment on view public.corrections is
'What people said of machine answers, from whatever door: their label beside the machine''s, who decided it and how.

A row an answer of a machine that people judged. Who changes her mind has her last word here, until a machine reads the
row again.';
comment on column public.corrections.kind is
'confirmed: the machine was right; corrected: it was not; cleared: there should be none; decided: nobody had been
sure; left_empty: rightly so. Of tags corrected means that some were added or removed.';
comment on column public.corrections.label is 'What the person said; of tags their names.';
comment on column public.corrections.machine_label is 'What stood there, by its name when it was corrected.';
comment on column public.corrections.machine_candidate is 'What came nearest where no machine was sure.';
comment on column public.corrections.machine_labels is
'Of tags: [{id, name, source, score, reason, rule_id}], as the machine chose them.';
comment on column public.corrections.source is
'Which machine: rule, reuse, neighbor, trained or model; null: nobody was sure. Of tags, of the first one.';
comment on column public.corrections.rule_id is 'Which rule; it may be gone.';
comment on column public.corrections.head_version is 'Which version of the trained head.';
comment on column public.corrections.decided_by is
'Which user; null: a program with the service role, or a file of one user.';
grant select on public.corrections to authenticated, service_role;
