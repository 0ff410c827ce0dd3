create function private.tg_workspaces__check_timezone()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
begin
    if btrim(new.timezone) = '' then
        return new;  -- the table's own check says so
    end if;
    -- abbreviations and offsets are no zones: they know no summer, and UTC+3 is west of Greenwich
    if
        new.timezone <> 'UTC'
        and not exists (select from pg_catalog.pg_timezone_names as zones where zones.name = new.timezone)
    then
        raise exception using
            errcode = 'check_violation',
            message = format('unknown time zone ''%s''', left(new.timezone, 100)),
            hint = 'Name one as Europe/Berlin or America/New_York, or UTC.';
    end if;
    return new;
end
$$;
comment on function private.tg_workspaces__check_timezone is
'Refuses a time zone that is none: posting times are read in it.';
revoke execute on function private.tg_workspaces__check_timezone from public, anon, authenticated, service_role;
