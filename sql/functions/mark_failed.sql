create function private.mark_failed(job_ids bigint[])
    returns void
    language plpgsql
    set search_path = ''
as $$
declare
    actor text := coalesce(current_setting('campaignbase.actor', true), '');
begin
    perform set_config('campaignbase.actor', 'machine', true);
    update public.content_assets
    set label_state = 'failed'
    from private.jobs
    where
        jobs.id = any(mark_failed.job_ids)
        and jobs.state = 'dead'
        and jobs.kind = 'categorize_content'
        and content_assets.id = jobs.target_id;
    update public.campaigns
    set label_state = 'failed'
    from private.jobs
    where
        jobs.id = any(mark_failed.job_ids)
        and jobs.state = 'dead'
        and jobs.kind = 'categorize_campaign'
        and campaigns.id = jobs.target_id;
    perform set_config('campaignbase.actor', actor, true);
end
$$;
comment on function private.mark_failed is
'Shows on the row that its job is dead. Call with the rows locked before the jobs.';
revoke execute on function private.mark_failed from public, anon, authenticated;
grant execute on function private.mark_failed to service_role;
