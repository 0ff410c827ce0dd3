-- twin of: private.tg_social_posts__refuse_past, public.social_posts._050_refuse_past
create trigger social_posts__refuse_past_insert
before insert on social_posts
when
    coalesce(new.status, 'scheduled') = 'scheduled'
    and new.scheduled_time < strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-5 minutes')
begin
    select raise(
        abort,
        'scheduled_time is in the past; choose a time to come or leave it out, what was published already has the status posted'
    );
end;

create trigger social_posts__refuse_past_update
before update of scheduled_time, status on social_posts
when
    new.status = 'scheduled'
    and new.scheduled_time < strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '-5 minutes')
    and (new.scheduled_time is not old.scheduled_time or old.status <> 'scheduled')
begin
    select raise(
        abort,
        'scheduled_time is in the past; choose a time to come or leave it out, what was published already has the status posted'
    );
end;
