create view public.label_confusion
with (security_invoker = true)
as
select
    corrections.workspace_id,
    corrections.machine_decided_at::date as day,
    corrections.field,
    corrections.source,
    corrections.machine_label,
    corrections.label,
    count(*) as judged
from public.corrections
where corrections.field <> 'tags'
group by
    corrections.workspace_id,
    corrections.machine_decided_at::date,
    corrections.field,
    corrections.source,
    corrections.machine_label,
    corrections.label;
comment on view public.label_confusion is
'What machines answered beside what people say it is: a row a day, field, source and pair of labels.

Equal labels: the machine was right. A machine_label that is null: nobody was sure; a label that is null: there should
be none. Recall of a label is the share of rows with that label whose machine_label is the same.';
comment on column public.label_confusion.day is 'Of the machine''s decision, in the time zone of the session.';
grant select on public.label_confusion to authenticated, service_role;
