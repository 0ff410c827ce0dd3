create function private.enter_vocabulary(job_ids bigint[])
    returns void
    language sql
    set search_path = ''
as $$
    select
        pg_advisory_xact_lock_shared(hashtext('campaignbase.vocabulary'), hashtext(homes.workspace_id::text))
    from (
        select distinct jobs.workspace_id
        from private.jobs
        where jobs.id = any(enter_vocabulary.job_ids)
        order by jobs.workspace_id
    ) as homes;
$$;
comment on function private.enter_vocabulary is
'Waits until no merge of labels is under way in the workspaces of these jobs, and keeps one from beginning until the
transaction ends. Called before any row is locked; private.close_vocabulary is the other side.';
revoke execute on function private.enter_vocabulary from public, anon, authenticated;
grant execute on function private.enter_vocabulary to service_role;
