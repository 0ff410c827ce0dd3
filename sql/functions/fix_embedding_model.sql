create function private.fix_embedding_model(
    results jsonb,
    -- jobs whose fence still holds
    held bigint[]
)
    -- the jobs whose vector is another model's than their workspace's
    returns bigint[]
    language plpgsql
    set search_path = ''
as $$
declare
    others bigint[];
begin
    -- the first vector fixes the model; the row lock decides between two that come at once
    update public.workspaces
    set embedding_model = first.embedding_model
    from (
        select
            jobs.workspace_id,
            min(answer.embedding_model) as embedding_model
        from jsonb_to_recordset(fix_embedding_model.results)
            as answer (job_id bigint, embedding text, embedding_model text)
        inner join private.jobs on answer.job_id = jobs.id
        where
            answer.embedding is not null
            and answer.job_id = any(fix_embedding_model.held)
        group by jobs.workspace_id
    ) as first
    where
        workspaces.id = first.workspace_id
        and workspaces.embedding_model is null;

    select array_agg(answer.job_id) into others
    from jsonb_to_recordset(fix_embedding_model.results)
        as answer (job_id bigint, embedding text, embedding_model text)
    inner join private.jobs on answer.job_id = jobs.id
    inner join public.workspaces on jobs.workspace_id = workspaces.id
    where
        answer.embedding is not null
        and answer.job_id = any(fix_embedding_model.held)
        and answer.embedding_model is distinct from workspaces.embedding_model;
    return others;
end
$$;
comment on function private.fix_embedding_model is
'Gives a workspace the model of its first vector, and names the answers that were made with another.';
revoke execute on function private.fix_embedding_model from public, anon, authenticated;
grant execute on function private.fix_embedding_model to service_role;
