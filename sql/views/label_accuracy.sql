create view public.label_accuracy
with (security_invoker = true)
as
select
    decided.workspace_id,
    decided.created_at::date as day,
    decided.field,
    decided.source,
    decided.label,
    count(*) as decisions,
    count(said.id) as judged,
    count(said.id) filter (where said.kind in ('confirmed', 'left_empty')) as judged_right,
    count(decided.audited_at) as audits,
    count(said.id) filter (where decided.audited_at is not null) as audits_judged,
    count(said.id) filter (
        where decided.audited_at is not null and said.kind in ('confirmed', 'left_empty')
    ) as audits_right,
    avg(decided.score::numeric) as mean_score
from public.categorizations as decided
left join public.corrections as said
    on
        decided.workspace_id = said.workspace_id
        and decided.id = said.machine_decision_id
where
    decided.field <> 'tags'
    and decided.outcome <> 'kept_human'
    and coalesce(decided.source, '') <> 'human'
group by
    decided.workspace_id,
    decided.created_at::date,
    decided.field,
    decided.source,
    decided.label;
comment on view public.label_accuracy is
'How right machines are: a row a day, field, source and label, with what people said of it since.

Precision is judged_right / judged; people correct what is wrong sooner than they confirm what is right, so it is too
low, and 1 - (judged - judged_right) / decisions too high. audits_right / audits_judged is of rows picked at random.';
comment on column public.label_accuracy.day is 'Of the machine''s decision, in the time zone of the session.';
comment on column public.label_accuracy.source is 'rule, reuse, neighbor, trained or model; null: nobody was sure.';
comment on column public.label_accuracy.label is 'By its name at that time; null: nobody was sure.';
comment on column public.label_accuracy.judged is 'Decisions that a person confirmed or corrected.';
comment on column public.label_accuracy.judged_right is
'Confirmed; of decisions nobody was sure of, those that a person left empty too.';
comment on column public.label_accuracy.audits is 'Decisions that sample_audit picked.';
comment on column public.label_accuracy.mean_score is 'How sure the machine was, 0..1; sources measure it differently.';
grant select on public.label_accuracy to authenticated, service_role;
