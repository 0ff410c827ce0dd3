create function private.tg__dequeue()
    returns trigger
    language plpgsql
    security definer  -- private.jobs is not for callers
    set search_path = ''
as $$
begin
    delete from private.jobs
    using old_rows
    where
        jobs.target_id = old_rows.id
        and jobs.kind = any(string_to_array(tg_argv[0], ','));
    return null;
end
$$;
comment on function private.tg__dequeue is 'Removes the jobs of deleted rows. Argument: the kinds, joined by commas.';
revoke execute on function private.tg__dequeue from public, anon, authenticated, service_role;
