create function private.gate_standing(workspace_id uuid, model text, prompt_version text)
    -- passed, lost; without a verdict: unmeasured, or few: too few golden rows to measure with
    returns text
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        coalesce(
            (
                select case when gate_verdicts.passed then 'passed' else 'lost' end
                from public.gate_verdicts
                where
                    gate_verdicts.workspace_id = gate_standing.workspace_id
                    and gate_verdicts.subject = 'analyst'
                    and gate_verdicts.model = gate_standing.model
                    and gate_verdicts.prompt_version = gate_standing.prompt_version
                order by
                    gate_verdicts.created_at desc,
                    gate_verdicts.id desc
                limit 1
            ),
            (
                select case when count(*) < private.enough_golden() then 'few' else 'unmeasured' end
                from (
                    select
                    from public.content_assets
                    where
                        content_assets.workspace_id = gate_standing.workspace_id
                        and content_assets.golden
                        and content_assets.confirmed_at is not null
                        and content_assets.primary_category is not null
                    limit private.enough_golden()
                ) as golden
            )
        );
$$;
comment on function private.gate_standing is 'May a hosted model with a prompt decide in a workspace?';
revoke execute on function private.gate_standing from public, anon, authenticated;
grant execute on function private.gate_standing to service_role;
