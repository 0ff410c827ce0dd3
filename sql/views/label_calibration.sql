create view public.label_calibration
with (security_invoker = true)
as
select
    judged.workspace_id,
    judged.day,
    judged.field,
    judged.source,
    judged.sure_from,
    count(*) as judged,
    count(*) filter (where judged.kind = 'confirmed') as judged_right,
    avg(judged.score::numeric) as mean_score
from (
    select
        corrections.workspace_id,
        corrections.machine_decided_at::date as day,
        corrections.field,
        corrections.source,
        corrections.kind,
        corrections.score,
        case
            when corrections.score::numeric >= 0.95 then 95
            when corrections.score::numeric >= 0.9 then 90
            when corrections.score::numeric >= 0.8 then 80
            when corrections.score::numeric >= 0.7 then 70
            when corrections.score::numeric >= 0.6 then 60
            when corrections.score::numeric >= 0.5 then 50
            else 0
        end as sure_from
    from public.corrections
    where
        corrections.field <> 'tags'
        and corrections.source is not null
        and corrections.score is not null
) as judged
group by
    judged.workspace_id,
    judged.day,
    judged.field,
    judged.source,
    judged.sure_from;
comment on view public.label_calibration is
'How sure machines were beside how often people found them right: a row a day, field, source and band of scores.';
comment on column public.label_calibration.sure_from is
'Where the band of scores begins, in hundredths: 0, 50, 60, 70, 80, 90, 95.';
comment on column public.label_calibration.judged_right is 'judged_right / judged should be near mean_score.';
grant select on public.label_calibration to authenticated, service_role;
