create function private.count_rules(
    results jsonb,
    -- jobs that were written
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- in one order for everybody, so that two batches wait for each other instead of deadlocking
    perform automation_rules.id
    from public.automation_rules
    where
        automation_rules.id in (
            select (fired ->> 'id')::uuid
            from jsonb_to_recordset(count_rules.results) as answer (job_id bigint, rules jsonb)
            cross join lateral jsonb_array_elements(
                case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
            ) as fired
            where answer.job_id = any(count_rules.done)
        )
    order by automation_rules.id
    for no key update;

    update public.automation_rules
    set
        execution_count = automation_rules.execution_count + counted.executions,
        success_count = automation_rules.success_count + counted.successes,
        last_execution = clock_timestamp()
    from (
        select
            (fired ->> 'id')::uuid as id,
            count(*) as executions,
            count(*) filter (where (fired ->> 'success')::boolean) as successes
        from jsonb_to_recordset(count_rules.results) as answer (job_id bigint, rules jsonb)
        cross join lateral jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        where answer.job_id = any(count_rules.done)
        group by (fired ->> 'id')::uuid
    ) as counted
    where automation_rules.id = counted.id;
end
$$;
comment on function private.count_rules is 'Counts which rules matched and which took effect.';
revoke execute on function private.count_rules from public, anon, authenticated;
grant execute on function private.count_rules to service_role;
