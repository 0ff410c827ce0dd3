create function public.set_daily_budget(
    workspace_id uuid,
    -- US dollars; null: none, so that nothing may be spent
    daily_budget numeric
)
    returns void
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.set_daily_budget(set_daily_budget.workspace_id, set_daily_budget.daily_budget);
$$;
comment on function public.set_daily_budget is
'Say what models may cost the workspace in one day of UTC, at most. For owners.

Jobs that wait are tried again at once. What is reserved already is not taken back.';
revoke execute on function public.set_daily_budget from public, anon;
grant execute on function public.set_daily_budget to authenticated, service_role;
