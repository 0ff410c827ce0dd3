create function public.measured_labels(
    workspace_id uuid,
    -- decisions of machines before this day are left out
    since date
)
    -- {"decisions": rows of label_accuracy, "confusion": of label_confusion, "calibration": of label_calibration,
    --  "open_audits": how many wait in audit_queue}
    returns jsonb
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select jsonb_build_object(
        'decisions', (
            select coalesce(jsonb_agg(to_jsonb(label_accuracy)), '[]')
            from public.label_accuracy
            where
                label_accuracy.workspace_id = measured_labels.workspace_id
                and label_accuracy.day >= measured_labels.since
        ),
        'confusion', (
            select coalesce(jsonb_agg(to_jsonb(label_confusion)), '[]')
            from public.label_confusion
            where
                label_confusion.workspace_id = measured_labels.workspace_id
                and label_confusion.day >= measured_labels.since
        ),
        'calibration', (
            select coalesce(jsonb_agg(to_jsonb(label_calibration)), '[]')
            from public.label_calibration
            where
                label_calibration.workspace_id = measured_labels.workspace_id
                and label_calibration.day >= measured_labels.since
        ),
        'open_audits', (
            select count(*)
            from public.audit_queue
            where audit_queue.workspace_id = measured_labels.workspace_id
        )
    );
$$;
comment on function public.measured_labels is
'How right machines were since a day: what `campaignbase evaluate --live` reports.

The rows of the views label_accuracy, label_confusion and label_calibration that the caller may see.';
revoke execute on function public.measured_labels from public, anon;
grant execute on function public.measured_labels to authenticated, service_role;
