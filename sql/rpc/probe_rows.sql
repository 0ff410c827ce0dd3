create function public.probe_rows(
    row_count integer default 1000
)
    returns table (number integer)
    language sql
    immutable
    security invoker
    set search_path = ''
as $$
    select generate_series(1, probe_rows.row_count);
$$;
comment on function public.probe_rows is
'So many rows: tells `campaignbase doctor` how many of them the Data API gives at once.';
revoke execute on function public.probe_rows from public, anon, authenticated;
grant execute on function public.probe_rows to service_role;
