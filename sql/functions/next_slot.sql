create function private.next_slot(
    workspace_id uuid,
    platform text,
    -- of a campaign: 09:00, or mon 09:00
    times text[],
    -- an IANA name
    timezone text,
    -- the slot is later than this, and not later than that; null: whenever
    after timestamptz,
    until timestamptz
)
    -- null when none is free within a year
    returns timestamptz
    language sql
    stable
    set search_path = ''
as $$
    select slots.slot
    from (
        select distinct
            -- Where clocks skip an hour, a time in it is an hour later; where they repeat one, the second counts.
            (
                days.day + make_interval(hours => parsed.part[2]::integer, mins => parsed.part[3]::integer)
            ) at time zone next_slot.timezone as slot
        from generate_series(
            date_trunc('day', next_slot.after at time zone next_slot.timezone),
            date_trunc('day', next_slot.after at time zone next_slot.timezone) + interval '366 days',
            interval '1 day'
        ) as days (day)
        cross join (
            select
                regexp_match(
                    lower(listed.time),
                    '^(?:(mon|tue|wed|thu|fri|sat|sun) )?([01]?[0-9]|2[0-3]):([0-5][0-9])$'
                ) as part
            from unnest(next_slot.times) as listed (time)
        ) as parsed
        where
            parsed.part is not null
            and (parsed.part[1] is null or parsed.part[1] = to_char(days.day, 'dy'))
    ) as slots
    where
        slots.slot > next_slot.after
        and (next_slot.until is null or slots.slot <= next_slot.until)
        and not exists (
            select
            from public.social_posts
            where
                social_posts.workspace_id = next_slot.workspace_id
                and social_posts.platform = next_slot.platform
                and social_posts.scheduled_time = slots.slot
                and social_posts.status <> 'deleted'
        )
    order by slots.slot
    limit 1;
$$;
comment on function private.next_slot is
'The next of these times of day at which no post of the workspace stands on that platform.';
revoke execute on function private.next_slot from public, anon, authenticated;
grant execute on function private.next_slot to service_role;
