create function private.tg_campaigns__check_plan()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
declare
    wrong_time text := (
        select min(listed.time)
        from unnest(new.optimal_times) as listed (time)
        where
            lower(listed.time)
            !~ '^((mon|tue|wed|thu|fri|sat|sun) )?([01]?[0-9]|2[0-3]):[0-5][0-9]$'
    );
    wrong_platform text := (
        select min(coalesce(listed.platform, 'null') collate "C")
        from unnest(new.target_platforms) as listed (platform)
        where coalesce(listed.platform, '') !~ '^[a-z][a-z0-9_]*$'
    );
begin
    if wrong_time is not null then
        raise exception using
            errcode = 'check_violation',
            message = format('optimal time ''%s'' is none', left(wrong_time, 100)),
            hint = 'Write 09:00, or mon 09:00; it is read in the time zone of the workspace.';
    end if;
    if wrong_platform is not null then
        raise exception using
            errcode = 'check_violation',
            message = format('target platform ''%s'' is not lower_snake_case', left(wrong_platform, 100)),
            hint = 'Write it as posts do, such as linkedin or instagram_reels.';
    end if;
    return new;
end
$$;
comment on function private.tg_campaigns__check_plan is
'Refuses an optimal time that is no time of day, and a platform that no post can have.';
revoke execute on function private.tg_campaigns__check_plan from public, anon, authenticated, service_role;
