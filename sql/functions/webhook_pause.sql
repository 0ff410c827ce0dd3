create function private.webhook_pause(
    -- of the endpoint, in a row
    failures integer
)
    -- null: no pause
    returns interval
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when failures >= 10
                then make_interval(secs => least(3600, 60 * power(2, least(failures - 10, 10))))
        end;
$$;
comment on function private.webhook_pause is
'How long an endpoint is left alone that failed that often in a row: a minute after ten, twice as long each time, at most an hour.';
revoke execute on function private.webhook_pause from public, anon, authenticated;
grant execute on function private.webhook_pause to service_role;
