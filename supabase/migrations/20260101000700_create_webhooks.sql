-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  endpoints, what they are told, and how that goes
-- Touches:  function private.webhook_url_error, private.tg_webhook_endpoints__validate,
--           private.new_webhook_secret, private.tg_webhook_endpoints__add_secret,
--           private.tg_webhook_endpoints__refuse_used, private.webhook_content,
--           private.webhook_message, private.emit_webhooks, private.webhook_tries,
--           private.webhook_delay, private.webhook_pause, private.write_deliveries,
--           private.judge_endpoints, public.claim_deliveries, public.complete_deliveries,
--           private.rotate_webhook_secret, public.rotate_webhook_secret, public.add_webhook,
--           private.test_webhook, public.test_webhook, private.replay_deliveries,
--           public.replay_deliveries, public.list_deliveries
-- Mirrors:  sql/functions/webhook_url_error.sql, sql/functions/tg_webhook_endpoints__validate.sql,
--           sql/functions/new_webhook_secret.sql,
--           sql/functions/tg_webhook_endpoints__add_secret.sql,
--           sql/functions/tg_webhook_endpoints__refuse_used.sql,
--           sql/triggers/webhook_endpoints.sql, sql/functions/webhook_content.sql,
--           sql/functions/webhook_message.sql, sql/functions/emit_webhooks.sql,
--           sql/functions/webhook_tries.sql, sql/functions/webhook_delay.sql,
--           sql/functions/webhook_pause.sql, sql/functions/write_deliveries.sql,
--           sql/functions/judge_endpoints.sql, sql/rpc/claim_deliveries.sql,
--           sql/rpc/complete_deliveries.sql, sql/functions/rotate_webhook_secret.sql,
--           sql/rpc/rotate_webhook_secret.sql, sql/rpc/add_webhook.sql,
--           sql/functions/test_webhook.sql, sql/rpc/test_webhook.sql,
--           sql/functions/replay_deliveries.sql, sql/rpc/replay_deliveries.sql,
--           sql/rpc/list_deliveries.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/webhook_url_error.sql
create function private.webhook_url_error(
    url text,
    -- loopback by name or number too, on any port, with or without encryption: for development
    allow_local boolean default false
)
    -- null when nothing is wrong
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when char_length(url) > 2000 then 'url: longer than 2000 characters'
            when url !~ '^[!-~]*$' or url ~ '["<>\\^`{|}]'
                then 'url: holds a space, a backslash or another character that must be encoded'
            when allow_local and url ~* '^https?://(localhost|127[.]0[.]0[.]1)(:[0-9]{1,5})?([/?][^#]*)?$' then null
            when url !~* '^https://' then 'url: must start with https://'
            when strpos(url, '#') > 0 then 'url: holds a fragment (#), which is never sent; leave it out'
            when strpos(parts.authority, '@') > 0
                then 'url: holds a user name or password before @; leave it out'
            when parts.authority ~ '^[^[]*:' and parts.authority !~ '^[^:]*:443$'
                then 'url: names another port than 443; leave it out'
            when
                char_length(parts.host) > 253
                or parts.host !~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9]$'
                -- names that no public directory of names answers for (RFC 6761, 6762, 7686, 9476), or never will
                or substring(parts.host from '[^.]*$') in (
                    'alt', 'arpa', 'corp', 'example', 'home', 'internal', 'intranet', 'invalid', 'lan', 'local',
                    'localdomain', 'localhost', 'onion', 'private', 'test'
                )
                then
                'url: the host must be a public name like hooks.example.com, not an address or a local name'
        end
    from (
        select
            authority,
            regexp_replace(authority, ':443$', '') as host
        from lower(coalesce(substring(url from '^[^/]*//([^/?#]*)'), '')) as authority
    ) as parts;
$$;
comment on function private.webhook_url_error is
'Why an address is refused as an endpoint, in the words and the order of campaignbase.core.webhook_url.

Where its name leads is looked at when something is sent: it must be a public address then.';
revoke execute on function private.webhook_url_error from public, anon;
grant execute on function private.webhook_url_error to authenticated, service_role;

-- sql/functions/tg_webhook_endpoints__validate.sql
create function private.tg_webhook_endpoints__validate()
    returns trigger
    language plpgsql
    set search_path = ''
as $$
declare
    known constant text[] := array['content.labeled', 'content.review'];
    error text;
    unknown text;
begin
    -- one that is no longer accepted may still be disabled; before each delivery it is looked at again
    if tg_op = 'INSERT' or new.url <> old.url then
        error := private.webhook_url_error(
            new.url, current_setting('campaignbase.webhooks_local', true) is not distinct from 'on'
        );
    end if;
    if tg_op = 'UPDATE' and new.name is distinct from old.name then
        error := 'its name cannot be changed, rules may say it; add another endpoint and remove this one';
    end if;
    select event into unknown
    from unnest(new.events) as event
    where (event = any(known)) is not true
    limit 1;
    if found and error is null then
        error := format('events: unknown event ''%s''; known: %s', left(unknown, 60), array_to_string(known, ', '));
    end if;
    if error is not null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('webhook ''%s'': %s', left(coalesce(new.name, ''), 100), error);
    end if;
    if tg_op = 'INSERT' then
        if
            (
                select count(*)
                from public.webhook_endpoints
                where webhook_endpoints.workspace_id = new.workspace_id
            ) >= 20
        then
            raise exception using
                errcode = 'invalid_parameter_value',
                message = format('webhook ''%s'': this workspace has 20 already', left(new.name, 100)),
                hint = 'Remove one that is no longer used.';
        end if;
    elsif new.url <> old.url or new.enabled and not old.enabled then
        -- whoever changes it believes that it works now
        new.disabled_reason := null;
        new.failures := 0;
        new.failing_since := null;
        new.paused_until := null;
    end if;
    return new;
end
$$;
comment on function private.tg_webhook_endpoints__validate is
'Refuses addresses that are not public ones, and gives an endpoint that is changed or enabled a new start.';
revoke execute on function private.tg_webhook_endpoints__validate from public, anon, authenticated, service_role;

-- sql/functions/new_webhook_secret.sql
create function private.new_webhook_secret()
    returns text
    language sql
    volatile
    set search_path = ''
as $$
    -- 64 hexadecimal digits are base64 of 48 bytes; 256 bits of them are random
    select
        'whsec_' || encode(
            sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
            'hex'
        );
$$;
comment on function private.new_webhook_secret is 'A secret as Standard Webhooks writes them.';
revoke execute on function private.new_webhook_secret from public, anon, authenticated;
grant execute on function private.new_webhook_secret to service_role;

-- sql/functions/tg_webhook_endpoints__add_secret.sql
create function private.tg_webhook_endpoints__add_secret()
    returns trigger
    language plpgsql
    security definer  -- secrets are not for callers
    set search_path = ''
as $$
begin
    insert into private.webhook_secrets (workspace_id, endpoint_id, secret)
    values (new.workspace_id, new.id, private.new_webhook_secret());
    return null;
end
$$;
comment on function private.tg_webhook_endpoints__add_secret is
'Signs from the first delivery on. Nobody has seen this secret: rotate_webhook_secret gives one to know.';
revoke execute on function private.tg_webhook_endpoints__add_secret from public, anon, authenticated, service_role;

-- sql/functions/tg_webhook_endpoints__refuse_used.sql
create function private.tg_webhook_endpoints__refuse_used()
    returns trigger
    language plpgsql
    security definer  -- rules count whatever the caller may see
    set search_path = ''
as $$
declare
    rule_name text;
begin
    -- when the workspace itself goes, everything goes
    if exists (select from public.workspaces where workspaces.id = old.workspace_id) then
        select automation_rules.name into rule_name
        from public.automation_rules
        where
            automation_rules.workspace_id = old.workspace_id
            and automation_rules.actions ->> 'webhook' = old.name
        order by automation_rules.name
        limit 1;
        if found then
            raise exception using
                errcode = 'foreign_key_violation',
                message = format('webhook %s is used by rule ''%s'' and cannot be deleted', old.name, rule_name),
                hint = 'Remove the rule first, or disable the endpoint.';
        end if;
    end if;
    return old;
end
$$;
comment on function private.tg_webhook_endpoints__refuse_used is 'Keeps an endpoint that a rule names.';
revoke execute on function private.tg_webhook_endpoints__refuse_used from public, anon, authenticated, service_role;

-- sql/triggers/webhook_endpoints.sql
create trigger _050_refuse_used
before delete on public.webhook_endpoints
for each row execute function private.tg_webhook_endpoints__refuse_used();

create trigger _100_fill_workspace
before insert or update of id, workspace_id on public.webhook_endpoints
for each row execute function private.tg__fill_workspace();

create trigger _200_validate
before insert or update of name, url, events, enabled on public.webhook_endpoints
for each row execute function private.tg_webhook_endpoints__validate();

create trigger _400_set_updated_at
before update of url, events, enabled on public.webhook_endpoints
for each row execute function private.tg__set_updated_at();

create trigger _500_add_secret
after insert on public.webhook_endpoints
for each row execute function private.tg_webhook_endpoints__add_secret();

-- sql/functions/webhook_content.sql
create function private.webhook_content(asset_id uuid)
    returns jsonb
    language sql
    stable
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'id', content_assets.id,
            'workspace_id', content_assets.workspace_id,
            'asset_type', content_assets.asset_type,
            'campaign_id', content_assets.campaign_id,
            'source_key', content_assets.source_key,
            -- a message stays below 20 kB
            'text', left(
                private.asset_text(
                    content_assets.content, content_assets.prompt, content_assets.alt_text, content_assets.file_path
                ),
                2000
            ),
            'label_state', content_assets.label_state,
            'primary_category', content_assets.primary_category,
            'category_source', content_assets.category_source,
            'tags', to_jsonb(content_assets.tags[1:50]),
            'sentiment', content_assets.sentiment,
            'target_audience', content_assets.target_audience,
            'language', content_assets.language,
            'quality_score', content_assets.quality_score
        )
    from public.content_assets
    where content_assets.id = webhook_content.asset_id;
$$;
comment on function private.webhook_content is 'What a message says of an asset.';
revoke execute on function private.webhook_content from public, anon, authenticated;
grant execute on function private.webhook_content to service_role;

-- sql/functions/webhook_message.sql
create function private.webhook_message(
    event_type text,
    data jsonb
)
    returns jsonb
    language sql
    volatile
    set search_path = ''
as $$
    select
        jsonb_build_object(
            'type', webhook_message.event_type,
            'timestamp', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'data', webhook_message.data
        );
$$;
comment on function private.webhook_message is 'The body of a delivery, as Standard Webhooks has it.';
revoke execute on function private.webhook_message from public, anon, authenticated;
grant execute on function private.webhook_message to service_role;

-- sql/functions/emit_webhooks.sql
create function private.emit_webhooks(
    results jsonb,
    -- jobs that were written; their rows say what was decided
    done bigint[]
)
    returns void
    language plpgsql
    set search_path = ''
as $$
begin
    -- most workspaces listen to nothing
    if
        not exists (
            select
            from private.jobs
            inner join public.webhook_endpoints on jobs.workspace_id = webhook_endpoints.workspace_id
            where
                jobs.id = any(emit_webhooks.done)
                and webhook_endpoints.enabled
        )
    then
        return;
    end if;
    insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload)
    select
        webhook_endpoints.workspace_id,
        webhook_endpoints.id,
        event.event_type,
        private.webhook_message(event.event_type, private.webhook_content(jobs.target_id) || event.more)
    from jsonb_to_recordset(emit_webhooks.results) as answer (job_id bigint, rules jsonb)
    inner join private.jobs
        on
            answer.job_id = jobs.id
            and jobs.kind = 'categorize_content'
    inner join public.content_assets on jobs.target_id = content_assets.id
    inner join public.webhook_endpoints
        on
            jobs.workspace_id = webhook_endpoints.workspace_id
            and webhook_endpoints.enabled
    cross join lateral (
        select
            'content.' || content_assets.label_state as event_type,
            '{}'::jsonb as more
        where 'content.' || content_assets.label_state = any(webhook_endpoints.events)
        union all
        select
            'rule.matched',
            jsonb_build_object(
                'rule', jsonb_build_object('id', automation_rules.id, 'name', automation_rules.name)
            )
        from jsonb_array_elements(
            case when jsonb_typeof(answer.rules) = 'array' then answer.rules else '[]' end
        ) as fired
        inner join public.automation_rules on (fired ->> 'id')::uuid = automation_rules.id
        where
            automation_rules.workspace_id = jobs.workspace_id
            and automation_rules.actions ->> 'webhook' = webhook_endpoints.name
    ) as event
    where answer.job_id = any(emit_webhooks.done)
    order by answer.job_id;
end
$$;
comment on function private.emit_webhooks is
'Writes what endpoints are to be told of decisions, with the decisions: one message for each subscribed event and
each rule that matched and names an endpoint.';
revoke execute on function private.emit_webhooks from public, anon, authenticated;
grant execute on function private.emit_webhooks to service_role;

-- sql/functions/webhook_tries.sql
create function private.webhook_tries()
    returns integer
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select 10;
$$;
comment on function private.webhook_tries is 'Failures after which a delivery is dead; ten, over about three days.';
revoke execute on function private.webhook_tries from public, anon, authenticated;
grant execute on function private.webhook_tries to service_role;

-- sql/functions/webhook_delay.sql
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

-- sql/functions/webhook_pause.sql
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

-- sql/functions/write_deliveries.sql
create function private.write_deliveries(
    results jsonb,
    -- deliveries whose fence holds; they are locked
    held uuid[],
    moment timestamptz
)
    returns void
    language sql
    set search_path = ''
as $$
    update public.webhook_deliveries
    set
        state = outcome.state,
        failures = webhook_deliveries.failures + case when outcome.state = 'delivered' then 0 else 1 end,
        leased_by = null,
        last_status = answer.status,
        last_error = case
            when outcome.state <> 'delivered'
                then left(coalesce(answer.error, 'answered ' || answer.status, 'failed without a message'), 500)
        end,
        last_response = left(answer.response, 1000),
        duration_ms = answer.duration_ms,
        run_at = case
            when outcome.state = 'waiting'
                then
                moment + greatest(
                    private.webhook_delay(webhook_deliveries.failures + 1),
                    make_interval(secs => least(coalesce(answer.retry_after, 0), 86400))
                )
            else moment
        end,
        delivered_at = case when outcome.state = 'delivered' then moment end,
        updated_at = moment
    from jsonb_to_recordset(write_deliveries.results) as answer (
        delivery_id uuid, attempt integer, status integer, error text, response text,
        retry_after double precision, duration_ms integer
    )
    inner join public.webhook_deliveries as before on answer.delivery_id = before.id
    cross join lateral (
        select
            case
                when answer.error is null and answer.status between 200 and 299 then 'delivered'
                when answer.status = 410 or before.failures + 1 >= private.webhook_tries() then 'dead'
                else 'waiting'
            end as state
    ) as outcome
    where
        webhook_deliveries.id = answer.delivery_id
        and webhook_deliveries.id = any(write_deliveries.held)
        and webhook_deliveries.attempt = answer.attempt;
$$;
comment on function private.write_deliveries is
'Ends deliveries, or sends them back to wait: longer each time, and never shorter than the receiver asked for.';
revoke execute on function private.write_deliveries from public, anon, authenticated;
grant execute on function private.write_deliveries to service_role;

-- sql/functions/judge_endpoints.sql
create function private.judge_endpoints(
    results jsonb,
    -- deliveries whose fence held; their endpoints are locked
    held uuid[],
    moment timestamptz
)
    returns void
    language sql
    set search_path = ''
as $$
    update public.webhook_endpoints
    set
        failures = case when tally.delivered then 0 else webhook_endpoints.failures + tally.failed end,
        failing_since = case
            when not tally.delivered then coalesce(webhook_endpoints.failing_since, moment)
        end,
        paused_until = case
            when not tally.delivered then moment + private.webhook_pause(webhook_endpoints.failures + tally.failed)
        end,
        enabled = webhook_endpoints.enabled and verdict.reason is null,
        disabled_reason = coalesce(verdict.reason, webhook_endpoints.disabled_reason)
    from (
        select
            webhook_deliveries.endpoint_id,
            bool_or(webhook_deliveries.state = 'delivered') as delivered,
            count(*)::integer as failed,
            bool_or(answer.status = 410) as gone
        from jsonb_to_recordset(judge_endpoints.results) as answer (
            delivery_id uuid, attempt integer, status integer
        )
        inner join public.webhook_deliveries
            on
                answer.delivery_id = webhook_deliveries.id
                and answer.attempt = webhook_deliveries.attempt
        where webhook_deliveries.id = any(judge_endpoints.held)
        group by webhook_deliveries.endpoint_id
    ) as tally
    inner join public.webhook_endpoints as before on tally.endpoint_id = before.id
    cross join lateral (
        select
            case
                when tally.gone then 'it answered 410 Gone'
                when not tally.delivered and before.failing_since < moment - interval '5 days'
                    then 'nothing was delivered for five days'
            end as reason
    ) as verdict
    where
        webhook_endpoints.id = tally.endpoint_id
        and (not tally.delivered or tally.gone or webhook_endpoints.failures > 0);
$$;
comment on function private.judge_endpoints is
'Counts an endpoint''s failures in a row, pauses it after ten, disables it after five days of them or when it is gone.';
revoke execute on function private.judge_endpoints from public, anon, authenticated;
grant execute on function private.judge_endpoints to service_role;

-- sql/rpc/claim_deliveries.sql
create function public.claim_deliveries(
    -- who asks; kept with the lease
    worker text,
    -- deliveries at most; clamped to 1..200
    batch integer default 20,
    -- after that long without an answer the delivery is claimable again; clamped to 1..3600
    lease_seconds integer default 60
)
    returns table (
        delivery_id uuid,
        attempt integer,
        endpoint_id uuid,
        url text,
        event_type text,
        -- what is signed and sent, byte for byte
        body text,
        -- newest first; each signs
        secrets text[]
    )
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    -- endpoints are visited from a random one on, so that none waits for the others
    pivot uuid := gen_random_uuid();
    wanted integer := least(greatest(coalesce(claim_deliveries.batch, 20), 1), 200);
    lease interval := make_interval(secs => least(greatest(coalesce(claim_deliveries.lease_seconds, 60), 1), 3600));
    endpoint_ids uuid[];
begin
    -- One claim at a time for an endpoint, or two would not see each other's leases. First the ids:
    -- a row is locked only once it is chosen.
    with recursive alive as (
        (
            select webhook_deliveries.endpoint_id
            from public.webhook_deliveries
            where webhook_deliveries.state in ('waiting', 'leased')
            order by webhook_deliveries.endpoint_id
            limit 1
        )
        union all
        select (
            select webhook_deliveries.endpoint_id
            from public.webhook_deliveries
            where
                webhook_deliveries.state in ('waiting', 'leased')
                and webhook_deliveries.endpoint_id > alive.endpoint_id
            order by webhook_deliveries.endpoint_id
            limit 1
        )
        from alive
        where alive.endpoint_id is not null
    ),
    ready as materialized (
        select webhook_endpoints.id
        from alive
        inner join public.webhook_endpoints on alive.endpoint_id = webhook_endpoints.id
        where
            webhook_endpoints.enabled
            and (webhook_endpoints.paused_until is null or webhook_endpoints.paused_until <= moment)
            and exists (
                select
                from public.webhook_deliveries
                where
                    webhook_deliveries.endpoint_id = webhook_endpoints.id
                    and webhook_deliveries.state in ('waiting', 'leased')
                    and webhook_deliveries.run_at <= moment
            )
            and (
                select count(*)
                from public.webhook_deliveries
                where
                    webhook_deliveries.endpoint_id = webhook_endpoints.id
                    and webhook_deliveries.state = 'leased'
                    and webhook_deliveries.run_at > moment
            ) < case when webhook_endpoints.failures > 0 then 1 else 4 end
        order by webhook_endpoints.id < pivot, webhook_endpoints.id
        limit wanted
    ),
    locked as (
        select webhook_endpoints.id
        from public.webhook_endpoints
        where webhook_endpoints.id in (select ready.id from ready)
        for no key update skip locked
    )
    select array_agg(locked.id) into endpoint_ids from locked;

    return query
    with room as materialized (
        select
            webhook_endpoints.id,
            webhook_endpoints.url,
            -- a slow endpoint holds no more of the senders than these, a failing one no more than one
            case when webhook_endpoints.failures > 0 then 1 else 4 end - (
                select count(*)
                from public.webhook_deliveries
                where
                    webhook_deliveries.endpoint_id = webhook_endpoints.id
                    and webhook_deliveries.state = 'leased'
                    and webhook_deliveries.run_at > moment
            ) as free
        from public.webhook_endpoints
        where webhook_endpoints.id = any(endpoint_ids)
    ),
    picked as materialized (
        select due.id
        from room
        cross join lateral (
            select webhook_deliveries.id
            from public.webhook_deliveries
            where
                webhook_deliveries.endpoint_id = room.id
                and webhook_deliveries.state in ('waiting', 'leased')
                and webhook_deliveries.run_at <= moment
            order by webhook_deliveries.run_at
            limit least(
                greatest(room.free, 0), (select ceil(wanted::numeric / greatest(count(*), 1))::bigint from room)
            )
            for update skip locked
        ) as due
        limit wanted
    ),
    claimed as (
        update public.webhook_deliveries
        set
            attempt = webhook_deliveries.attempt + 1,
            -- the last worker never answered
            failures = webhook_deliveries.failures
            + case when webhook_deliveries.state = 'leased' then 1 else 0 end,
            last_error = case
                when webhook_deliveries.state = 'leased'
                    then format('worker %s took the delivery and never answered', webhook_deliveries.leased_by)
                else webhook_deliveries.last_error
            end,
            state = 'leased',
            leased_by = coalesce(claim_deliveries.worker, 'unnamed'),
            run_at = moment + lease,
            updated_at = moment
        from picked
        where webhook_deliveries.id = picked.id
        returning webhook_deliveries.*
    )
    select
        claimed.id,
        claimed.attempt,
        claimed.endpoint_id,
        room.url,
        claimed.event_type,
        claimed.payload::text,
        array(
            select webhook_secrets.secret
            from private.webhook_secrets
            where
                webhook_secrets.endpoint_id = claimed.endpoint_id
                and (webhook_secrets.expires_at is null or webhook_secrets.expires_at > moment)
            order by webhook_secrets.id desc
        )
    from claimed
    inner join room on claimed.endpoint_id = room.id
    order by claimed.created_at, claimed.id;
end
$$;
comment on function public.claim_deliveries is
'Take deliveries to send, under a lease.

Spread over endpoints, at most four at once to each, one while it fails. For workers only.';
revoke execute on function public.claim_deliveries from public, anon, authenticated;
grant execute on function public.claim_deliveries to service_role;

-- sql/rpc/complete_deliveries.sql
create function public.complete_deliveries(
    -- an array, an answer a delivery: delivery_id, attempt, status (of HTTP, or null), error (or null),
    -- response (what was answered, or null), retry_after (seconds, or null), duration_ms
    results jsonb
)
    -- a verdict an answer: accepted; stale (the fence moved)
    returns table (delivery_id uuid, attempt integer, verdict text)
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    moment timestamptz := clock_timestamp();
    held uuid[];
begin
    if jsonb_typeof(complete_deliveries.results) is distinct from 'array' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('results must be an array of answers, not %s', jsonb_typeof(complete_deliveries.results));
    end if;
    -- locks in one order for everybody: endpoints, deliveries
    perform webhook_endpoints.id
    from public.webhook_endpoints
    where
        webhook_endpoints.id in (
            select webhook_deliveries.endpoint_id
            from public.webhook_deliveries
            inner join jsonb_to_recordset(complete_deliveries.results) as answer (delivery_id uuid)
                on webhook_deliveries.id = answer.delivery_id
        )
    order by webhook_endpoints.id
    for no key update;
    select array_agg(locked.id) into held
    from (
        select webhook_deliveries.id
        from public.webhook_deliveries
        inner join jsonb_to_recordset(complete_deliveries.results) as answer (delivery_id uuid, attempt integer)
            on
                webhook_deliveries.id = answer.delivery_id
                and webhook_deliveries.attempt = answer.attempt
        where webhook_deliveries.state = 'leased'
        order by webhook_deliveries.id
        for update of webhook_deliveries
    ) as locked;
    perform private.write_deliveries(complete_deliveries.results, held, moment);
    perform private.judge_endpoints(complete_deliveries.results, held, moment);

    -- what ended long ago goes, a little at a time
    delete from public.webhook_deliveries
    where
        webhook_deliveries.id in (
            select old.id
            from public.webhook_deliveries as old
            where
                old.state in ('delivered', 'dead')
                and old.updated_at < moment - interval '30 days'
            order by old.updated_at
            limit 100
            for update skip locked
        );

    return query
    select
        answer.delivery_id,
        answer.attempt,
        case when answer.delivery_id = any(held) then 'accepted' else 'stale' end
    from jsonb_to_recordset(complete_deliveries.results) as answer (delivery_id uuid, attempt integer);
end
$$;
comment on function public.complete_deliveries is
'Write down how deliveries went: delivered, to be tried again, or dead; and how their endpoints do.

Answers are fenced by delivery id and attempt. Only a status of 200 to 299 counts as delivered. For workers only.';
revoke execute on function public.complete_deliveries from public, anon, authenticated;
grant execute on function public.complete_deliveries to service_role;

-- sql/functions/rotate_webhook_secret.sql
create function private.rotate_webhook_secret(
    endpoint_id uuid,
    overlap_hours integer
)
    returns text
    language plpgsql
    security definer  -- secrets are not for callers; ownership is checked below
    set search_path = ''
as $$
declare
    moment timestamptz := clock_timestamp();
    ends timestamptz := moment + make_interval(hours => least(greatest(coalesce(overlap_hours, 24), 0), 168));
    workspace uuid;
    fresh text := private.new_webhook_secret();
begin
    select webhook_endpoints.workspace_id into workspace
    from public.webhook_endpoints
    where
        webhook_endpoints.id = rotate_webhook_secret.endpoint_id
        and (
            private.caller_is_service()
            or webhook_endpoints.workspace_id in (select private.caller_owned_workspace_ids())
        )
    for no key update;
    if not found then
        raise exception using
            errcode = 'PT404',
            message = format('no webhook endpoint %s in a workspace you own', rotate_webhook_secret.endpoint_id);
    end if;
    -- two older ones at most; a rotation without overlap ends them all
    delete from private.webhook_secrets
    where
        webhook_secrets.endpoint_id = rotate_webhook_secret.endpoint_id
        and (
            webhook_secrets.expires_at <= moment
            or ends <= moment
            or webhook_secrets.id not in (
                select newest.id
                from private.webhook_secrets as newest
                where newest.endpoint_id = rotate_webhook_secret.endpoint_id
                order by newest.id desc
                limit 2
            )
        );
    update private.webhook_secrets
    set expires_at = ends
    where
        webhook_secrets.endpoint_id = rotate_webhook_secret.endpoint_id
        and webhook_secrets.expires_at is null;
    insert into private.webhook_secrets (workspace_id, endpoint_id, secret)
    values (workspace, rotate_webhook_secret.endpoint_id, fresh);
    return fresh;
end
$$;
comment on function private.rotate_webhook_secret is 'What public.rotate_webhook_secret does, for owners.';
revoke execute on function private.rotate_webhook_secret from public, anon;
grant execute on function private.rotate_webhook_secret to authenticated, service_role;

-- sql/rpc/rotate_webhook_secret.sql
create function public.rotate_webhook_secret(
    endpoint_id uuid,
    -- how long the old secret signs too; clamped to 0..168
    overlap_hours integer default 24
)
    -- the new secret: nobody is told it again
    returns text
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.rotate_webhook_secret(rotate_webhook_secret.endpoint_id, rotate_webhook_secret.overlap_hours);
$$;
comment on function public.rotate_webhook_secret is
'Give an endpoint a new secret, and learn it.

For a day both sign every delivery, so that the receiver can change over. For owners.';
revoke execute on function public.rotate_webhook_secret from public, anon;
grant execute on function public.rotate_webhook_secret to authenticated, service_role;

-- sql/rpc/add_webhook.sql
create function public.add_webhook(
    workspace_id uuid,
    -- what the action `webhook` of a rule says; never changes
    name text,
    url text,
    -- of content.labeled, content.review; rules need none
    events text[] default '{}',
    -- accept loopback too, for development; only for the service
    allow_local boolean default false
)
    -- {"endpoint": {...} as its table holds it, "secret": "whsec_..."}: nobody is told the secret again
    returns jsonb
    language plpgsql
    volatile
    security invoker
    set search_path = ''
as $$
#variable_conflict use_column
declare
    added uuid;
    secret text;
begin
    if add_webhook.allow_local then
        if not private.caller_is_service() then
            raise exception using
                errcode = 'insufficient_privilege',
                message = 'allow_local is for the service alone';
        end if;
        perform set_config('campaignbase.webhooks_local', 'on', true);
    end if;
    insert into public.webhook_endpoints (workspace_id, name, url, events)
    values (add_webhook.workspace_id, add_webhook.name, add_webhook.url, add_webhook.events)
    on conflict on constraint webhook_endpoints_name_is_unique do nothing
    returning webhook_endpoints.id into added;
    perform set_config('campaignbase.webhooks_local', '', true);
    if added is null then
        raise exception using
            errcode = 'unique_violation',
            message = format('a webhook ''%s'' exists already; choose another name', add_webhook.name);
    end if;
    secret := public.rotate_webhook_secret(added, 0);
    return jsonb_build_object(
        'endpoint',
        (select to_jsonb(webhook_endpoints) from public.webhook_endpoints where webhook_endpoints.id = added),
        'secret',
        secret
    );
end
$$;
comment on function public.add_webhook is 'Add an endpoint to a workspace, and learn its secret. For owners.';
revoke execute on function public.add_webhook from public, anon;
grant execute on function public.add_webhook to authenticated, service_role;

-- sql/functions/test_webhook.sql
create function private.test_webhook(endpoint_id uuid)
    returns uuid
    language plpgsql
    security definer  -- deliveries are not for callers to write; membership is checked below
    set search_path = ''
as $$
declare
    delivery uuid;
begin
    insert into public.webhook_deliveries (workspace_id, endpoint_id, event_type, payload)
    select
        webhook_endpoints.workspace_id,
        webhook_endpoints.id,
        'webhook.test',
        private.webhook_message(
            'webhook.test',
            jsonb_build_object('workspace_id', webhook_endpoints.workspace_id, 'webhook', webhook_endpoints.name)
        )
    from public.webhook_endpoints
    where
        webhook_endpoints.id = test_webhook.endpoint_id
        and webhook_endpoints.enabled
        and (
            private.caller_is_service()
            or webhook_endpoints.workspace_id in (select private.caller_editable_workspace_ids())
        )
    returning id into delivery;
    if delivery is null then
        raise exception using
            errcode = 'PT404',
            message = format('no enabled webhook endpoint %s in a workspace you may edit', test_webhook.endpoint_id);
    end if;
    return delivery;
end
$$;
comment on function private.test_webhook is 'What public.test_webhook does, for owners and editors.';
revoke execute on function private.test_webhook from public, anon;
grant execute on function private.test_webhook to authenticated, service_role;

-- sql/rpc/test_webhook.sql
create function public.test_webhook(
    -- an enabled one
    endpoint_id uuid
)
    -- the delivery, to look at in webhook_deliveries
    returns uuid
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.test_webhook(test_webhook.endpoint_id);
$$;
comment on function public.test_webhook is
'Send an endpoint a message of type webhook.test.

It is signed, tried and logged as any other. For owners and editors.';
revoke execute on function public.test_webhook from public, anon;
grant execute on function public.test_webhook to authenticated, service_role;

-- sql/functions/replay_deliveries.sql
create function private.replay_deliveries(
    delivery_ids uuid[],
    endpoint_id uuid
)
    returns integer
    language plpgsql
    security definer  -- deliveries are not for callers to write; membership is checked below
    set search_path = ''
as $$
declare
    replayed integer;
begin
    if replay_deliveries.delivery_ids is null and replay_deliveries.endpoint_id is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'name deliveries, or an endpoint whose dead ones are to be sent again';
    end if;
    update public.webhook_deliveries
    set
        state = 'waiting',
        attempt = webhook_deliveries.attempt + 1,
        failures = 0,
        run_at = clock_timestamp(),
        delivered_at = null,
        updated_at = clock_timestamp()
    where
        case
            when replay_deliveries.delivery_ids is null then webhook_deliveries.state = 'dead'
            else
                webhook_deliveries.state in ('dead', 'delivered')
                and webhook_deliveries.id = any(replay_deliveries.delivery_ids)
        end
        and (
            replay_deliveries.endpoint_id is null
            or webhook_deliveries.endpoint_id = replay_deliveries.endpoint_id
        )
        and (
            private.caller_is_service()
            or webhook_deliveries.workspace_id in (select private.caller_editable_workspace_ids())
        );
    get diagnostics replayed = row_count;
    return replayed;
end
$$;
comment on function private.replay_deliveries is 'What public.replay_deliveries does, for owners and editors.';
revoke execute on function private.replay_deliveries from public, anon;
grant execute on function private.replay_deliveries to authenticated, service_role;

-- sql/rpc/replay_deliveries.sql
create function public.replay_deliveries(
    -- dead or delivered ones; null: every dead one of the endpoint
    delivery_ids uuid[] default null,
    -- null: whatever endpoint they are of
    endpoint_id uuid default null
)
    -- how many wait again
    returns integer
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.replay_deliveries(replay_deliveries.delivery_ids, replay_deliveries.endpoint_id);
$$;
comment on function public.replay_deliveries is
'Send deliveries again, with their failures forgotten.

They keep their webhook-id, so a receiver that has one already knows it. For owners and editors.';
revoke execute on function public.replay_deliveries from public, anon;
grant execute on function public.replay_deliveries to authenticated, service_role;

-- sql/rpc/list_deliveries.sql
create function public.list_deliveries(
    -- null: all the caller may see
    workspace_id uuid default null,
    endpoint_id uuid default null,
    -- waiting, leased, delivered or dead
    state text default null,
    -- values outside 1..1000 are clamped
    match_count integer default 50,
    -- both of the last one of the page before
    before_created_at timestamptz default null,
    before_id uuid default null
)
    -- newest first
    returns table (
        id uuid,
        endpoint uuid,
        endpoint_name text,
        event_type text,
        delivery_state text,
        attempt integer,
        failures integer,
        run_at timestamptz,
        last_status integer,
        last_error text,
        last_response text,
        duration_ms integer,
        created_at timestamptz,
        delivered_at timestamptz
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        deliveries.id,
        deliveries.endpoint_id,
        webhook_endpoints.name,
        deliveries.event_type,
        deliveries.state,
        deliveries.attempt,
        deliveries.failures,
        deliveries.run_at,
        deliveries.last_status,
        deliveries.last_error,
        deliveries.last_response,
        deliveries.duration_ms,
        deliveries.created_at,
        deliveries.delivered_at
    from public.webhook_deliveries as deliveries
    inner join public.webhook_endpoints on deliveries.endpoint_id = webhook_endpoints.id
    where
        (list_deliveries.workspace_id is null or deliveries.workspace_id = list_deliveries.workspace_id)
        and (list_deliveries.endpoint_id is null or deliveries.endpoint_id = list_deliveries.endpoint_id)
        and (list_deliveries.state is null or deliveries.state = list_deliveries.state)
        and (
            list_deliveries.before_id is null
            or (deliveries.created_at, deliveries.id)
            < (list_deliveries.before_created_at, list_deliveries.before_id)
        )
    order by deliveries.created_at desc, deliveries.id desc
    limit least(greatest(coalesce(list_deliveries.match_count, 50), 1), 1000);
$$;
comment on function public.list_deliveries is
'What was sent to webhooks, is to be sent, or could not be, with the endpoint''s name.

For owners and editors. A page goes on where the one before ended, whatever was added meanwhile.';
revoke execute on function public.list_deliveries from public, anon;
grant execute on function public.list_deliveries to authenticated, service_role;
