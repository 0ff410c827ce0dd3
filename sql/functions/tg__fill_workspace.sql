create function private.tg__fill_workspace()
    returns trigger
    language plpgsql
    security definer  -- a member may not list workspaces beyond her own, this only counts them
    set search_path = ''
as $$
declare
    candidates uuid[];
begin
    if tg_op = 'UPDATE' then
        if new.workspace_id is distinct from old.workspace_id then
            raise exception using
                errcode = 'check_violation',
                message = format('workspace_id of a row in %s cannot be changed', tg_table_name),
                hint = 'Insert a copy into the other workspace and delete this row.';
        elsif new.id is distinct from old.id then
            -- jobs and the answers of workers know a row by it
            raise exception using
                errcode = 'check_violation',
                message = format('id of a row in %s cannot be changed', tg_table_name),
                hint = 'Insert a copy with the other id and delete this row.';
        end if;
        return new;
    end if;
    if new.workspace_id is not null then
        return new;
    end if;
    if private.caller_is_service() and (select auth.uid()) is null then
        select array_agg(workspaces.id order by workspaces.created_at, workspaces.id)
        into candidates
        from (select id, created_at from public.workspaces order by created_at, id limit 20) as workspaces;
    else
        select array_agg(ids order by ids) into candidates from private.caller_workspace_ids() as ids;
    end if;
    if coalesce(cardinality(candidates), 0) <> 1 then
        raise exception using
            errcode = 'not_null_violation',
            message = format(
                'workspace_id of a new row in %s is missing and cannot be guessed: %s to choose from',
                tg_table_name, coalesce(cardinality(candidates), 0) || ' workspaces'
            ),
            detail = 'workspaces: ' || coalesce(array_to_string(candidates, ', '), 'none'),
            hint = case
                when candidates is null then 'Make a workspace first, or accept an invitation into one.'
                else 'Name one: set workspace_id.'
            end;
    end if;
    new.workspace_id := candidates[1];
    return new;
end
$$;
comment on function private.tg__fill_workspace is
'Fills a missing workspace_id when there is only one to choose, and keeps it and the id for ever.';
revoke execute on function private.tg__fill_workspace from public, anon, authenticated, service_role;
