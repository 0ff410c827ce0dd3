create function private.webhook_delay(
    -- of this delivery, 1 or more
    failures integer
)
    returns interval
    language sql
    volatile
    parallel safe
    set search_path = ''
as $$
    -- 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h; a tenth more or less, so that what failed
    -- together does not come back together
    select
        make_interval(
            secs => (0.9 + 0.2 * random())
            * (array[5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400])[least(greatest(failures, 1), 9)]
        );
$$;
comment on function private.webhook_delay is 'How long a delivery waits after its n-th failure.';
revoke execute on function private.webhook_delay from public, anon, authenticated;
grant execute on function private.webhook_delay to service_role;
