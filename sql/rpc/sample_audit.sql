create function public.sample_audit(
    workspace_id uuid,
    -- 1 to 1000
    sample_size integer default 20
)
    -- how many were picked
    returns integer
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.sample_audit(sample_audit.workspace_id, sample_audit.sample_size);
$$;
comment on function public.sample_audit is
'Pick rows that machines labeled at random, for people to say whether the label is right. For editors.

They stand in audit_queue until somebody does. What nobody picks is judged by who happens to look.';
revoke execute on function public.sample_audit from public, anon;
grant execute on function public.sample_audit to authenticated, service_role;
