create function private.tg_social_posts__refuse_past()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    if
        new.status = 'scheduled'
        -- a clock may be off, and a form takes its time
        and new.scheduled_time < clock_timestamp() - interval '5 minutes'
        and (
            tg_op = 'INSERT'
            or new.scheduled_time is distinct from old.scheduled_time
            or old.status <> 'scheduled'
        )
    then
        raise exception using
            errcode = 'check_violation',
            message = format(
                'scheduled_time %s is in the past, it is %s now',
                to_char(new.scheduled_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
            ),
            hint = 'choose a time to come or leave it out, what was published already has the status posted';
    end if;
    return new;
end
$$;
comment on function private.tg_social_posts__refuse_past is
'A post is scheduled for a time to come; one that waits longer than that stays.';
revoke execute on function private.tg_social_posts__refuse_past from public, anon, authenticated, service_role;
