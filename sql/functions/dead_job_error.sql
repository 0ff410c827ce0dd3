create function private.dead_job_error(content_asset_id uuid)
    returns text
    language sql
    stable
    security definer  -- private.jobs is not for callers; membership is checked below
    set search_path = ''
as $$
    select jobs.last_error
    from private.jobs
    where
        jobs.kind = 'categorize_content'
        and jobs.target_id = dead_job_error.content_asset_id
        and jobs.state = 'dead'
        and (private.caller_is_service() or jobs.workspace_id in (select private.caller_workspace_ids()));
$$;
comment on function private.dead_job_error is
'Why labeling an asset was given up; null when it was not, or when the caller may not see the asset.';
revoke execute on function private.dead_job_error from public, anon;
grant execute on function private.dead_job_error to authenticated, service_role;
