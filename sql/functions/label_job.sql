create function private.label_job(target_id uuid)
    returns table (state text, last_error text)
    language sql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
    select
        jobs.state,
        jobs.last_error
    from private.jobs
    where
        jobs.target_id = label_job.target_id
        and jobs.kind in ('categorize_content', 'categorize_campaign')
        and (private.caller_is_service() or jobs.workspace_id in (select private.caller_workspace_ids()));
$$;
comment on function private.label_job is
'Where the labeling of content or a campaign stands; no row when nothing is to do or the caller may not see it.';
revoke execute on function private.label_job from public, anon;
grant execute on function private.label_job to authenticated, service_role;
