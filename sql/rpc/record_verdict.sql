create function public.record_verdict(
    workspace_id uuid,
    -- {"subject", "model", "prompt_version", "margin", "comparison", "passed", "forced"}
    verdict jsonb
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    insert into public.gate_verdicts (
        workspace_id, subject, model, prompt_version, basis, margin, comparison, passed, forced, created_at
    )
    values (
        record_verdict.workspace_id,
        record_verdict.verdict ->> 'subject',
        record_verdict.verdict ->> 'model',
        record_verdict.verdict ->> 'prompt_version',
        'golden',
        (record_verdict.verdict ->> 'margin')::real,
        record_verdict.verdict -> 'comparison',
        (record_verdict.verdict ->> 'passed')::boolean,
        (record_verdict.verdict ->> 'forced')::boolean,
        clock_timestamp()
    );
$$;
comment on function public.record_verdict is
'Keep what the golden set said of a model with a prompt, or of descriptions. For services only.

The newest verdict of a model with a prompt says whether reserve_spend grants it anything.';
revoke execute on function public.record_verdict from public, anon, authenticated;
grant execute on function public.record_verdict to service_role;
