-- Campaignbase for SQLite 3.40 or newer. Generated from the Postgres catalogue: do not edit.
-- Write it again with `campaignbase translate`; report.md says what became of every object.
-- Every connection needs: pragma foreign_keys = on;

-- What the cache was asked and what it saved, by day, kind and tier; every process adds to it now
-- and then.
create table cache_counters (
    day text not null
        constraint cache_counters_day_is_a_date
            check (day glob coalesce(date(day, '+0 days'), 'no date')),
    cache_type text not null,
    tier text not null,
    hits integer not null default 0,
    misses integer not null default 0,
    computes integer not null default 0,
    errors integer not null default 0,
    bytes_read integer not null default 0,
    bytes_written integer not null default 0,
    saved_seconds real not null default 0,
    saved_cost text not null
        default '0'
        constraint cache_counters_saved_cost_is_a_number
            check (saved_cost glob '*[0-9]' and saved_cost not glob '*[^.0-9-]*' and saved_cost not
            glob '*?-*' and saved_cost not glob '*.*.*'),
    constraint cache_counters_pkey primary key (day, cache_type, tier),
    constraint cache_counters_cache_type_is_snake_case
        check (cache_type glob '[a-z]*' and cache_type not glob '*[^a-z0-9_]*'),
    constraint cache_counters_is_not_negative
        check
        (coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits,
        misses), hits, misses), computes), coalesce(min(hits, misses), hits, misses), computes),
        errors), coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written), saved_seconds),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses), hits,
        misses), computes), coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written), saved_seconds),
        cast(saved_cost as real)),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses),
        hits, misses), computes), coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written), saved_seconds),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses), hits,
        misses), computes), coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read),
        coalesce(min(coalesce(min(coalesce(min(hits, misses), hits, misses), computes),
        coalesce(min(hits, misses), hits, misses), computes), errors),
        coalesce(min(coalesce(min(hits, misses), hits, misses), computes), coalesce(min(hits,
        misses), hits, misses), computes), errors), bytes_read), bytes_written), saved_seconds),
        cast(saved_cost as real)) >= 0),
    constraint cache_counters_tier_is_known check (tier in ('memory', 'redis', 'table', 'compute'))
) strict;

-- What of the cache was declared wrong, and when: the last time of each scope. Every process reads
-- along.
create table cache_invalidations (
    scope text not null,
    epoch integer not null,
    invalidated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint cache_invalidations_invalidated_at_is_a_timestamp
            check (invalidated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(invalidated_at,
            1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint cache_invalidations_pkey primary key (scope),
    constraint cache_invalidations_epoch_is_positive check (epoch > 0)
) strict;

-- Who is computing what the cache does not have, so that others wait instead of computing it too.
create table cache_leases (
    cache_key text not null,
    owner text not null,
    leased_until text not null
        constraint cache_leases_leased_until_is_a_timestamp
            check (leased_until glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(leased_until, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint cache_leases_pkey primary key (cache_key)
) strict;

-- What entries in Redis are signed with, so that nobody who can write there is believed. The oldest
-- counts.
create table cache_signing_keys (
    signing_key text not null,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint cache_signing_keys_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint cache_signing_keys_pkey primary key (signing_key),
    constraint cache_signing_keys_signing_key_is_long check (length(signing_key) >= 64)
) strict;

-- Requests that are done once however often they are sent: what each was answered, for a day, or
-- who is at it.
create table idempotency_keys (
    request_key text not null,
    body_hash text not null,
    owner text not null,
    leased_until text not null
        constraint idempotency_keys_leased_until_is_a_timestamp
            check (leased_until glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(leased_until, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    answer text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint idempotency_keys_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint idempotency_keys_pkey primary key (request_key),
    constraint idempotency_keys_answer_fits check (length(answer) <= 1000000),
    constraint idempotency_keys_body_hash_fits check (length(body_hash) <= 100),
    constraint idempotency_keys_owner_fits check (length(owner) <= 100),
    constraint idempotency_keys_request_key_fits check (length(request_key) <= 200)
) strict;

-- A team and everything it owns.
--
-- Every other row belongs to exactly one workspace; members see only theirs.
create table workspaces (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint workspaces_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    name text not null,
    -- The model of every vector in this workspace. Null until the first vector is written, then
    -- fixed.
    embedding_model text,
    timezone text not null default 'UTC',
    -- In how much content a machine must have met an unknown word before it becomes a tag by
    -- itself; null: a person decides.
    promote_after integer,
    -- What models may cost this workspace in one day of UTC, in US dollars; 1 at first. Null and 0:
    -- nothing.
    daily_budget text
        default '1.000000'
        constraint workspaces_daily_budget_is_a_number
            check (daily_budget glob '*[0-9]' and daily_budget not glob '*[^.0-9-]*' and
            daily_budget not glob '*?-*' and daily_budget not glob '*.*.*' and daily_budget not glob
            '*.???????*')
        constraint workspaces_daily_budget_is_in_range
            check (abs(cast(daily_budget as real)) < 1e6),
    -- Grows with every edit of a category or tag; kept with each decision so that older ones can be
    -- found again.
    vocabulary_version integer not null default 1,
    related_version integer,
    related_uses integer,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint workspaces_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint workspaces_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint workspaces_pkey primary key (id),
    constraint workspaces_daily_budget_is_possible
        check (cast(daily_budget as real) >= 0 and cast(daily_budget as real) <= 100000),
    constraint workspaces_name_is_not_blank check (trim(name) <> ''),
    constraint workspaces_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint workspaces_promote_after_is_possible
        check (promote_after >= 1 and promote_after <= 100000),
    constraint workspaces_timezone_is_not_blank check (trim(timezone) <> '')
) strict;

-- Programs that may ask the REST API about one workspace, what for, and until when. A revoked key
-- stays listed.
--
-- A key is a user of its own, under the key's id: row level security sees its role here, while it
-- is neither
-- revoked nor expired. Scopes are the API's to check.
create table api_keys (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint api_keys_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    prefix text not null,
    role text not null,
    scopes text not null
        constraint api_keys_scopes_is_an_array
            check (iif(json_valid(scopes), json_type(scopes) = 'array', scopes is null)),
    created_by text
        constraint api_keys_created_by_is_a_uuid
            check (length(created_by) = 36 and created_by not glob '*[^-0-9a-f]*'),
    revoked_by text
        constraint api_keys_revoked_by_is_a_uuid
            check (length(revoked_by) = 36 and revoked_by not glob '*[^-0-9a-f]*'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint api_keys_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    expires_at text
        constraint api_keys_expires_at_is_a_timestamp
            check (expires_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    revoked_at text
        constraint api_keys_revoked_at_is_a_timestamp
            check (revoked_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(revoked_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    last_used_at text
        constraint api_keys_last_used_at_is_a_timestamp
            check (last_used_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(last_used_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint api_keys_pkey primary key (id),
    constraint api_keys_prefix_is_unique unique (prefix),
    constraint api_keys_workspace_id_id_is_unique unique (workspace_id, id),
    constraint api_keys_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint api_keys_name_fits check (length(name) <= 100),
    constraint api_keys_name_is_not_blank check (trim(name) <> ''),
    constraint api_keys_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint api_keys_role_is_known check (role in ('editor', 'viewer'))
) strict;

-- What was done with API keys, and to them: who created and revoked them, and every request, never
-- its contents.
--
-- Requests are kept for 90 days.
create table api_key_log (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint api_key_log_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    key_id text not null,
    event text not null,
    actor_id text
        constraint api_key_log_actor_id_is_a_uuid
            check (length(actor_id) = 36 and actor_id not glob '*[^-0-9a-f]*'),
    method text,
    route text,
    status integer,
    request_id text,
    address text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint api_key_log_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint api_key_log_pkey primary key (id),
    constraint api_key_log_key_id_fkey
        foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade,
    constraint api_key_log_event_is_known check (event in ('created', 'revoked', 'request')),
    constraint api_key_log_request_has_a_status check ((event = 'request') = (status is not null))
) strict;

-- What API keys are known by. Neither the hash nor the signing key lets anybody in without the key.
create table api_key_secrets (
    key_id text not null,
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    token_hash text not null,
    signing_key text not null,
    constraint api_key_secrets_pkey primary key (key_id),
    constraint api_key_secrets_token_hash_is_unique unique (token_hash),
    constraint api_key_secrets_key_id_fkey
        foreign key (workspace_id, key_id) references api_keys (workspace_id, id) on delete cascade
) strict;

-- If an asset looks like this, do that: JSON conditions and actions, checked when saved.
--
-- Categorization rules decide before anything else; tagging rules also see what was just decided.
create table automation_rules (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint automation_rules_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    rule_type text not null,
    conditions text not null
        constraint automation_rules_conditions_is_json
            check (conditions is null or json_valid(conditions)),
    actions text not null
        constraint automation_rules_actions_is_json check (actions is null or json_valid(actions)),
    priority integer not null default 0,
    enabled integer not null
        default 1
        constraint automation_rules_enabled_is_a_boolean check (enabled in (0, 1)),
    -- Assets this rule matched; kept on completion.
    execution_count integer not null default 0,
    -- Matches whose action took effect, that is, was not overruled by a person or a rule of higher
    -- priority.
    success_count integer not null default 0,
    last_execution text
        constraint automation_rules_last_execution_is_a_timestamp
            check (last_execution glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(last_execution,
            1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint automation_rules_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint automation_rules_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint automation_rules_pkey primary key (id),
    constraint automation_rules_name_is_unique unique (workspace_id, name),
    constraint automation_rules_workspace_id_id_is_unique unique (workspace_id, id),
    constraint automation_rules_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint automation_rules_execution_count_is_not_negative check (execution_count >= 0),
    constraint automation_rules_name_fits check (length(name) <= 255),
    constraint automation_rules_name_is_not_blank check (trim(name) <> ''),
    constraint automation_rules_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint automation_rules_rule_type_is_known
        check (rule_type in ('categorization', 'tagging', 'scheduling', 'approval')),
    constraint automation_rules_success_count_is_not_negative check (success_count >= 0)
) strict;

-- Work on rows that are there already: label them again, or give them vectors by another model.
--
-- Any worker takes the next rows by itself. running, paused: see run_at; ready: all vectors are
-- there; switched: they
-- are in use, and the old ones are kept for a way back; done, canceled, rolled_back: over.
create table backfills (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint backfills_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    kind text not null,
    state text not null default 'running',
    selection text not null
        default '{}'
        constraint backfills_selection_is_json check (selection is null or json_valid(selection)),
    batched integer not null
        default 0
        constraint backfills_batched_is_a_boolean check (batched in (0, 1)),
    switches integer not null
        default 1
        constraint backfills_switches_is_a_boolean check (switches in (0, 1)),
    embedding_model text,
    previous_model text,
    -- Where the next worker goes on: rows are taken in the order of their ids, so that a million of
    -- them cost no sort.
    place text not null default '',
    found_missing integer not null default 0,
    total integer not null default 0,
    scanned integer not null default 0,
    taken integer not null default 0,
    done integer not null default 0,
    changed integer not null default 0,
    failed integer not null default 0,
    cost text not null
        default '0.000000'
        constraint backfills_cost_is_a_number
            check (cost glob '*[0-9]' and cost not glob '*[^.0-9-]*' and cost not glob '*?-*' and
            cost not glob '*.*.*' and cost not glob '*.???????*')
        constraint backfills_cost_is_in_range check (abs(cast(cost as real)) < 1e8),
    seconds real not null default 0,
    run_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint backfills_run_at_is_a_timestamp
            check (run_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(run_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    last_error text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint backfills_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint backfills_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    finished_at text
        constraint backfills_finished_at_is_a_timestamp
            check (finished_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(finished_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint backfills_pkey primary key (id),
    constraint backfills_workspace_id_id_is_unique unique (workspace_id, id),
    constraint backfills_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint backfills_is_not_negative
        check
        (coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing,
        total), found_missing, total), scanned), coalesce(min(found_missing, total), found_missing,
        total), scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed), cast(cost as real)),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing,
        total), found_missing, total), scanned), coalesce(min(found_missing, total), found_missing,
        total), scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed), cast(cost as real)), seconds),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing,
        total), found_missing, total), scanned), coalesce(min(found_missing, total), found_missing,
        total), scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed), cast(cost as real)),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing,
        total), found_missing, total), scanned), coalesce(min(found_missing, total), found_missing,
        total), scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing,
        total), scanned), coalesce(min(found_missing, total), found_missing, total), scanned),
        taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed),
        coalesce(min(coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), coalesce(min(coalesce(min(coalesce(min(coalesce(min(found_missing, total),
        found_missing, total), scanned), coalesce(min(found_missing, total), found_missing, total),
        scanned), taken), coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        done), coalesce(min(coalesce(min(coalesce(min(found_missing, total), found_missing, total),
        scanned), coalesce(min(found_missing, total), found_missing, total), scanned), taken),
        coalesce(min(coalesce(min(found_missing, total), found_missing, total), scanned),
        coalesce(min(found_missing, total), found_missing, total), scanned), taken), done),
        changed), failed), cast(cost as real)), seconds) >= 0),
    constraint backfills_kind_is_known check (kind in ('labels', 'vectors')),
    constraint backfills_selection_is_an_object check (json_type(selection) = 'object'),
    constraint backfills_state_is_known
        check (state in ('running', 'paused', 'ready', 'switched', 'rolled_back', 'done',
        'canceled')),
    constraint backfills_vectors_have_a_model
        check ((kind = 'vectors') = (embedding_model is not null))
) strict;

-- The slowest, surest tier of the cache: what was expensive to compute, until it expires. For the
-- service only.
create table cache_entries (
    cache_key text not null,
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    cache_value text not null
        constraint cache_entries_cache_value_is_json
            check (cache_value is null or json_valid(cache_value)),
    cache_type text not null,
    scopes text not null
        default '[]'
        constraint cache_entries_scopes_is_an_array
            check (iif(json_valid(scopes), json_type(scopes) = 'array', scopes is null)),
    ttl_seconds integer not null default 3600,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint cache_entries_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    expires_at text not null
        constraint cache_entries_expires_at_is_a_timestamp
            check (expires_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    last_accessed text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint cache_entries_last_accessed_is_a_timestamp
            check (last_accessed glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(last_accessed,
            1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    access_count integer not null default 0,
    constraint cache_entries_pkey primary key (cache_key),
    constraint cache_entries_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint cache_entries_access_count_is_not_negative check (access_count >= 0),
    constraint cache_entries_cache_type_is_snake_case
        check (cache_type glob '[a-z]*' and cache_type not glob '*[^a-z0-9_]*'),
    constraint cache_entries_ttl_seconds_is_positive check (ttl_seconds > 0)
) strict;

-- The closed vocabulary that content and campaigns are filed under, in at most two levels.
--
-- A label in use cannot be deleted; renaming one renames it everywhere.
create table categories (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint categories_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    parent_id text,
    description text,
    -- Words and phrases that speak for this category.
    keywords text not null
        default '[]'
        constraint categories_keywords_is_an_array
            check (iif(json_valid(keywords), json_type(keywords) = 'array', keywords is null)),
    examples text not null
        default '[]'
        constraint categories_examples_is_an_array
            check (iif(json_valid(examples), json_type(examples) = 'array', examples is null)),
    counter_examples text not null
        default '[]'
        constraint categories_counter_examples_is_an_array
            check (iif(json_valid(counter_examples), json_type(counter_examples) = 'array',
            counter_examples is null)),
    -- Other names that mean this category, such as those of categories merged into it.
    aliases text not null
        default '[]'
        constraint categories_aliases_is_an_array
            check (iif(json_valid(aliases), json_type(aliases) = 'array', aliases is null)),
    -- Ids of categories that a person said are not this one, so that no merge of the two is
    -- suggested again.
    distinct_from text not null
        default '[]'
        constraint categories_distinct_from_is_an_array
            check (iif(json_valid(distinct_from), json_type(distinct_from) = 'array', distinct_from
            is null)),
    -- True: only a person or a rule files content here.
    manual_only integer not null
        default 0
        constraint categories_manual_only_is_a_boolean check (manual_only in (0, 1)),
    -- Content assets filed here now; kept by triggers.
    usage_count integer not null default 0,
    embedding blob constraint categories_embedding_is_a_vector check (length(embedding) = 6144),
    embedding_model text,
    content_hash text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint categories_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint categories_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint categories_pkey primary key (id),
    constraint categories_name_is_unique unique (workspace_id, name),
    constraint categories_workspace_id_id_is_unique unique (workspace_id, id),
    constraint categories_parent_id_fkey
        foreign key (workspace_id, parent_id) references categories (workspace_id, id),
    constraint categories_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint categories_embedding_has_a_model
        check (embedding is null or embedding_model is not null),
    constraint categories_name_fits check (length(name) <= 100),
    constraint categories_name_is_not_blank check (trim(name) <> ''),
    constraint categories_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint categories_parent_is_another check (parent_id <> id),
    constraint categories_usage_count_is_not_negative check (usage_count >= 0)
) strict;

-- What a team runs: its kind, style, budget and calendar, labeled like content.
create table campaigns (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint campaigns_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    campaign_type text not null,
    status text not null default 'draft',
    target_platforms text not null
        default '[]'
        constraint campaigns_target_platforms_is_an_array
            check (iif(json_valid(target_platforms), json_type(target_platforms) = 'array',
            target_platforms is null)),
    content_style text,
    visual_style text,
    hashtag_strategy text,
    cta_pattern text,
    estimated_cost text
        constraint campaigns_estimated_cost_is_a_number
            check (estimated_cost glob '*[0-9]' and estimated_cost not glob '*[^.0-9-]*' and
            estimated_cost not glob '*?-*' and estimated_cost not glob '*.*.*' and estimated_cost
            not glob '*.???*')
        constraint campaigns_estimated_cost_is_in_range
            check (abs(cast(estimated_cost as real)) < 1e10),
    -- Sum of the generation cost of its content and the posting cost of its posts; kept by
    -- triggers.
    actual_cost text not null
        default '0.0000'
        constraint campaigns_actual_cost_is_a_number
            check (actual_cost glob '*[0-9]' and actual_cost not glob '*[^.0-9-]*' and actual_cost
            not glob '*?-*' and actual_cost not glob '*.*.*' and actual_cost not glob '*.?????*')
        constraint campaigns_actual_cost_is_in_range check (abs(cast(actual_cost as real)) < 1e10),
    start_date text
        constraint campaigns_start_date_is_a_timestamp
            check (start_date glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(start_date, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    end_date text
        constraint campaigns_end_date_is_a_timestamp
            check (end_date glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(end_date, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    posting_frequency text,
    optimal_times text not null
        default '[]'
        constraint campaigns_optimal_times_is_an_array
            check (iif(json_valid(optimal_times), json_type(optimal_times) = 'array', optimal_times
            is null)),
    primary_category text,
    category_source text,
    -- queued: waiting for a worker; labeled; review: nobody was sure; failed: see the dead job.
    label_state text not null default 'queued',
    -- When a person set the category; null when a machine did.
    confirmed_at text
        constraint campaigns_confirmed_at_is_a_timestamp
            check (confirmed_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(confirmed_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    embedding blob constraint campaigns_embedding_is_a_vector check (length(embedding) = 6144),
    embedding_model text,
    content_hash text,
    created_by text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint campaigns_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint campaigns_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint campaigns_pkey primary key (id),
    constraint campaigns_workspace_id_id_is_unique unique (workspace_id, id),
    constraint campaigns_primary_category_fkey
        foreign key (workspace_id, primary_category) references categories (workspace_id, name) on
        update cascade,
    constraint campaigns_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint campaigns_campaign_type_is_snake_case
        check (campaign_type glob '[a-z]*' and campaign_type not glob '*[^a-z0-9_]*'),
    constraint campaigns_category_source_is_known
        check (category_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint campaigns_embedding_has_a_model
        check (embedding is null or embedding_model is not null),
    constraint campaigns_end_date_is_after_start_date check (end_date >= start_date),
    constraint campaigns_estimated_cost_is_not_negative
        check (cast(estimated_cost as real) >= 0 and cast(estimated_cost as real) < 10000000000),
    constraint campaigns_label_state_is_known
        check (label_state in ('queued', 'labeled', 'review', 'failed')),
    constraint campaigns_name_fits check (length(name) <= 255),
    constraint campaigns_name_is_not_blank check (trim(name) <> ''),
    constraint campaigns_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint campaigns_status_is_known
        check (status in ('draft', 'active', 'paused', 'completed'))
) strict;

-- What models cost a workspace on a day of UTC, and what those that are being asked may cost yet.
--
-- Both together are held against workspaces.daily_budget, by the lock of this one row. spending
-- says for what.
create table daily_spending (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    day text not null
        constraint daily_spending_day_is_a_date
            check (day glob coalesce(date(day, '+0 days'), 'no date')),
    reserved text not null
        default '0.000000'
        constraint daily_spending_reserved_is_a_number
            check (reserved glob '*[0-9]' and reserved not glob '*[^.0-9-]*' and reserved not glob
            '*?-*' and reserved not glob '*.*.*' and reserved not glob '*.???????*')
        constraint daily_spending_reserved_is_in_range check (abs(cast(reserved as real)) < 1e8),
    settled text not null
        default '0.000000'
        constraint daily_spending_settled_is_a_number
            check (settled glob '*[0-9]' and settled not glob '*[^.0-9-]*' and settled not glob
            '*?-*' and settled not glob '*.*.*' and settled not glob '*.???????*')
        constraint daily_spending_settled_is_in_range check (abs(cast(settled as real)) < 1e8),
    constraint daily_spending_pkey primary key (workspace_id, day),
    constraint daily_spending_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint daily_spending_is_not_negative
        check (coalesce(min(cast(reserved as real), cast(settled as real)), cast(reserved as real),
        cast(settled as real)) >= 0)
) strict;

-- What the golden set of a workspace said of a hosted model with a prompt, or of other descriptions
-- of categories.
--
-- Of a model with a prompt the newest row counts. Where it did not pass, and where there is none
-- beside 30 golden rows or
-- more, reserve_spend grants it nothing, and the offline analyst decides.
create table gate_verdicts (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint gate_verdicts_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    -- analyst: a model with a prompt; vocabulary: descriptions of categories, as that model reads
    -- them.
    subject text not null,
    model text not null,
    prompt_version text,
    -- person: somebody asked for it; automatic: the model was in use while there was no golden set
    -- to measure with.
    origin text not null default 'person',
    -- golden: measured on the golden set; none: there were too few golden rows.
    basis text not null,
    margin real,
    -- With what would decide in its place: {"basis", "rows", "before", "after", "margin", "passed",
    -- "told", "labels":
    -- [{"category", "rows", "before", "after"}]}.
    comparison text
        constraint gate_verdicts_comparison_is_json
            check (comparison is null or json_valid(comparison)),
    passed integer not null constraint gate_verdicts_passed_is_a_boolean check (passed in (0, 1)),
    -- It lost, or there were too few rows to measure with, and a person let it decide all the same.
    forced integer not null
        default 0
        constraint gate_verdicts_forced_is_a_boolean check (forced in (0, 1)),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint gate_verdicts_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint gate_verdicts_pkey primary key (id),
    constraint gate_verdicts_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint gate_verdicts_analyst_has_a_prompt
        check (subject <> 'analyst' or prompt_version is not null),
    constraint gate_verdicts_basis_is_known check (basis in ('golden', 'none')),
    constraint gate_verdicts_comparison_is_an_object check (json_type(comparison) = 'object'),
    constraint gate_verdicts_forced_has_passed check (passed or not forced),
    constraint gate_verdicts_golden_has_a_comparison
        check ((basis = 'golden') = (comparison is not null)),
    constraint gate_verdicts_margin_is_unit check (margin >= 0 and margin <= 1),
    constraint gate_verdicts_origin_is_known check (origin in ('person', 'automatic')),
    constraint gate_verdicts_subject_is_known check (subject in ('analyst', 'vocabulary'))
) strict;

-- A row a mail that was handed to a worker in the last hour, also where its invitation was revoked
-- since.
--
-- It limits what a workspace sends to people who did not ask for it; older rows are removed by the
-- next claim.
create table invitation_mails (
    id integer constraint invitation_mails_pkey primary key autoincrement,
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    tried_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint invitation_mails_tried_at_is_a_timestamp
            check (tried_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(tried_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint invitation_mails_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade
) strict;

-- Who was asked into a workspace and has not answered yet; and the outbox of the mails that ask.
--
-- A row goes when it is accepted or revoked. No token is kept: a worker makes a fresh one for each
-- mail it sends.
create table invitations (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint invitations_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    email text not null,
    role text not null,
    invited_by text
        constraint invitations_invited_by_is_a_uuid
            check (length(invited_by) = 36 and invited_by not glob '*[^-0-9a-f]*'),
    token_hashes text not null
        default '[]'
        constraint invitations_token_hashes_is_an_array
            check (iif(json_valid(token_hashes), json_type(token_hashes) = 'array', token_hashes is
            null)),
    mailed_at text
        constraint invitations_mailed_at_is_a_timestamp
            check (mailed_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(mailed_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    mail_after text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint invitations_mail_after_is_a_timestamp
            check (mail_after glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(mail_after, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    mail_attempt integer not null default 0,
    mail_error text,
    expires_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now', '+7 days'))
        constraint invitations_expires_at_is_a_timestamp
            check (expires_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint invitations_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint invitations_pkey primary key (id),
    constraint invitations_email_is_invited_once unique (workspace_id, email),
    constraint invitations_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint invitations_email_is_lower_case check (email = lower(email)),
    constraint invitations_mail_attempt_is_not_negative check (mail_attempt >= 0),
    constraint invitations_role_is_known check (role in ('owner', 'editor', 'viewer'))
) strict;

-- The queue: at most one row for each thing to do, deleted when done.
--
-- waiting -> leased (claim_jobs) -> gone (complete_jobs), back to waiting (transient failure), or
-- dead (replay_jobs).
create table jobs (
    id integer constraint jobs_pkey primary key autoincrement,
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    kind text not null,
    target_id text not null
        constraint jobs_target_id_is_a_uuid
            check (length(target_id) = 36 and target_id not glob '*[^-0-9a-f]*'),
    state text not null default 'waiting',
    content_hash text,
    attempt integer not null default 0,
    failures integer not null default 0,
    run_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint jobs_run_at_is_a_timestamp
            check (run_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(run_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    leased_by text,
    last_error text,
    backfill_id text
        constraint jobs_backfill_id_is_a_uuid
            check (length(backfill_id) = 36 and backfill_id not glob '*[^-0-9a-f]*'),
    embedding_until text
        constraint jobs_embedding_until_is_a_timestamp
            check (embedding_until glob coalesce(strftime('%Y-%m-%dT%H:%M:%S',
            substr(embedding_until, 1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    priority integer not null
        generated always as (case when kind in ('embed_category', 'embed_tag') then 0 else 1 end)
            stored,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint jobs_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint jobs_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint jobs_target_is_unique unique (kind, target_id),
    constraint jobs_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint jobs_attempt_is_not_negative check (attempt >= 0),
    constraint jobs_failures_is_not_negative check (failures >= 0),
    constraint jobs_kind_is_known
        check (kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag')),
    constraint jobs_leased_has_a_worker check ((state = 'leased') = (leased_by is not null)),
    constraint jobs_state_is_known check (state in ('waiting', 'leased', 'dead'))
) strict;

-- Words that are no labels: open ones may become some, refused and removed ones do not return by
-- themselves.
--
-- A machine's unknown word is open until a person promotes or refuses it. A label that is deleted
-- is remembered as
-- removed. A word that becomes a label is gone from here.
create table label_proposals (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint label_proposals_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    kind text not null,
    name text not null,
    folded_name text not null
        generated always as (case when ltrim(replace(replace(replace(lower(name), ' ', ''), '-',
            ''), '_', ''), '#') glob '??*ies' then substr(ltrim(replace(replace(replace(lower(name),
            ' ', ''), '-', ''), '_', ''), '#'), 1, length(ltrim(replace(replace(replace(lower(name),
            ' ', ''), '-', ''), '_', ''), '#')) - 3) || 'y' when
            ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#') glob
            '*[sui]s' then ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''),
            '#') when ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#')
            glob '?*sses' or ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_',
            ''), '#') glob '?*[sc]hes' or ltrim(replace(replace(replace(lower(name), ' ', ''), '-',
            ''), '_', ''), '#') glob '??*[xz]es' then
            substr(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#'), 1,
            length(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#')) -
            2) when ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#')
            glob '???*s' then substr(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''),
            '_', ''), '#'), 1, length(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''),
            '_', ''), '#')) - 1) else ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''),
            '_', ''), '#') end) stored,
    -- open; refused: a person does not want it; removed: it was a label until a person deleted it.
    state text not null default 'open',
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint label_proposals_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint label_proposals_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint label_proposals_pkey primary key (id),
    constraint label_proposals_workspace_id_id_is_unique unique (workspace_id, id),
    constraint label_proposals_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint label_proposals_folded_name_is_not_blank check (folded_name <> ''),
    constraint label_proposals_kind_is_known check (kind in ('category', 'tag')),
    constraint label_proposals_name_fits check (length(name) <= 100),
    constraint label_proposals_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint label_proposals_state_is_known check (state in ('open', 'refused', 'removed'))
) strict;

-- Questions that wait with a provider, which answers within a day; gone when the answers are
-- written.
create table model_batches (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint model_batches_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    backfill_id text not null,
    model text not null,
    ticket text not null
        constraint model_batches_ticket_is_json check (ticket is null or json_valid(ticket)),
    hashes text not null
        constraint model_batches_hashes_is_json check (hashes is null or json_valid(hashes)),
    reservation_id text
        constraint model_batches_reservation_id_is_a_uuid
            check (length(reservation_id) = 36 and reservation_id not glob '*[^-0-9a-f]*'),
    look_at text not null
        constraint model_batches_look_at_is_a_timestamp
            check (look_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(look_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint model_batches_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint model_batches_pkey primary key (id),
    constraint model_batches_backfill_id_fkey
        foreign key (workspace_id, backfill_id) references backfills (workspace_id, id) on delete
        cascade,
    constraint model_batches_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint model_batches_hashes_is_an_object check (json_type(hashes) = 'object'),
    constraint model_batches_ticket_is_an_object check (json_type(ticket) = 'object')
) strict;

-- What a model that is being asked may cost. One that nobody settled until it expired counts as
-- spent in full.
create table reservations (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint reservations_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    day text not null
        constraint reservations_day_is_a_date
            check (day glob coalesce(date(day, '+0 days'), 'no date')),
    kind text not null,
    model text not null,
    requests integer not null,
    amount text not null
        constraint reservations_amount_is_a_number
            check (amount glob '*[0-9]' and amount not glob '*[^.0-9-]*' and amount not glob '*?-*'
            and amount not glob '*.*.*' and amount not glob '*.???????*')
        constraint reservations_amount_is_in_range check (abs(cast(amount as real)) < 1e8),
    expires_at text not null
        constraint reservations_expires_at_is_a_timestamp
            check (expires_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint reservations_pkey primary key (id),
    constraint reservations_day_fkey
        foreign key (workspace_id, day) references daily_spending (workspace_id, day) on delete
        cascade,
    constraint reservations_is_not_negative
        check (coalesce(min(requests, cast(amount as real)), requests, cast(amount as real)) >= 0),
    constraint reservations_kind_is_snake_case
        check (kind glob '[a-z]*' and kind not glob '*[^a-z0-9_]*')
) strict;

-- Vectors beside those in use: the next ones while a backfill makes them, the last ones after it
-- switched.
create table spare_vectors (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    kind text not null,
    target_id text not null
        constraint spare_vectors_target_id_is_a_uuid
            check (length(target_id) = 36 and target_id not glob '*[^-0-9a-f]*'),
    embedding_model text not null,
    content_hash text not null,
    embedding blob constraint spare_vectors_embedding_is_a_vector check (length(embedding) = 6144),
    constraint spare_vectors_pkey primary key (target_id, embedding_model),
    constraint spare_vectors_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint spare_vectors_kind_is_known
        check (kind in ('categorize_content', 'categorize_campaign', 'embed_category', 'embed_tag'))
) strict;

-- What models cost, by workspace, day of UTC, kind of work and model; what was reserved is added
-- when it is settled.
--
-- What nobody reported, because a worker died, counts as its estimate.
create table spending (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint spending_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    day text not null
        constraint spending_day_is_a_date
            check (day glob coalesce(date(day, '+0 days'), 'no date')),
    kind text not null,
    model text not null,
    requests integer not null default 0,
    cost text not null
        default '0.000000'
        constraint spending_cost_is_a_number
            check (cost glob '*[0-9]' and cost not glob '*[^.0-9-]*' and cost not glob '*?-*' and
            cost not glob '*.*.*' and cost not glob '*.???????*')
        constraint spending_cost_is_in_range check (abs(cast(cost as real)) < 1e8),
    constraint spending_pkey primary key (id),
    constraint spending_line_is_unique unique (workspace_id, day, kind, model),
    constraint spending_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint spending_is_not_negative
        check (coalesce(min(requests, cast(cost as real)), requests, cast(cost as real)) >= 0),
    constraint spending_kind_is_snake_case
        check (kind glob '[a-z]*' and kind not glob '*[^a-z0-9_]*')
) strict;

-- Tags of which content has so many: funnel stage, exactly one of awareness, decision and loyalty.
-- tags.tag_group says
-- which tags.
--
-- A machine's answer is cut to max_tags and filled to min_tags. A person's tag drives out a
-- machine's of a full group;
-- one more than max_tags of her own is refused. What is amiss all the same is in tag_group_gaps.
create table tag_groups (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint tag_groups_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    -- Content has at least so many, as soon as a machine has read it.
    min_tags integer not null default 0,
    max_tags integer,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint tag_groups_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint tag_groups_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint tag_groups_pkey primary key (id),
    constraint tag_groups_name_is_unique unique (workspace_id, name),
    constraint tag_groups_workspace_id_id_is_unique unique (workspace_id, id),
    constraint tag_groups_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint tag_groups_max_tags_is_possible check (max_tags >= 1 and max_tags <= 100),
    constraint tag_groups_min_tags_is_not_over_max check (min_tags <= max_tags),
    constraint tag_groups_min_tags_is_possible check (min_tags >= 0 and min_tags <= 8),
    constraint tag_groups_name_fits check (length(name) <= 100),
    constraint tag_groups_name_is_not_blank check (trim(name) <> ''),
    constraint tag_groups_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*')
) strict;

-- Words that describe content: industry, audience, emotion, format and whatever else a team keeps.
--
-- Two tags of a workspace never fold to the same word. A tag of type audience is also a target
-- audience.
create table tags (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint tags_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    -- The name without case, spaces, hyphens, underscores and plural; what makes two tags the same.
    folded_name text not null
        generated always as (case when ltrim(replace(replace(replace(lower(name), ' ', ''), '-',
            ''), '_', ''), '#') glob '??*ies' then substr(ltrim(replace(replace(replace(lower(name),
            ' ', ''), '-', ''), '_', ''), '#'), 1, length(ltrim(replace(replace(replace(lower(name),
            ' ', ''), '-', ''), '_', ''), '#')) - 3) || 'y' when
            ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#') glob
            '*[sui]s' then ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''),
            '#') when ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#')
            glob '?*sses' or ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_',
            ''), '#') glob '?*[sc]hes' or ltrim(replace(replace(replace(lower(name), ' ', ''), '-',
            ''), '_', ''), '#') glob '??*[xz]es' then
            substr(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#'), 1,
            length(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#')) -
            2) when ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''), '_', ''), '#')
            glob '???*s' then substr(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''),
            '_', ''), '#'), 1, length(ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''),
            '_', ''), '#')) - 1) else ltrim(replace(replace(replace(lower(name), ' ', ''), '-', ''),
            '_', ''), '#') end) stored,
    tag_type text,
    -- Name of the group it belongs to; see tag_groups.
    tag_group text,
    description text,
    keywords text not null
        default '[]'
        constraint tags_keywords_is_an_array
            check (iif(json_valid(keywords), json_type(keywords) = 'array', keywords is null)),
    examples text not null
        default '[]'
        constraint tags_examples_is_an_array
            check (iif(json_valid(examples), json_type(examples) = 'array', examples is null)),
    counter_examples text not null
        default '[]'
        constraint tags_counter_examples_is_an_array
            check (iif(json_valid(counter_examples), json_type(counter_examples) = 'array',
            counter_examples is null)),
    -- Other spellings that mean this tag.
    aliases text not null
        default '[]'
        constraint tags_aliases_is_an_array
            check (iif(json_valid(aliases), json_type(aliases) = 'array', aliases is null)),
    -- Ids of tags that a person said are not this one, so that no merge of the two is suggested
    -- again.
    distinct_from text not null
        default '[]'
        constraint tags_distinct_from_is_an_array
            check (iif(json_valid(distinct_from), json_type(distinct_from) = 'array', distinct_from
            is null)),
    -- True: only a person or a rule uses this tag.
    manual_only integer not null
        default 0
        constraint tags_manual_only_is_a_boolean check (manual_only in (0, 1)),
    -- Content assets this tag is applied to now; kept by triggers.
    usage_count integer not null default 0,
    -- Names of tags often used together with this one.
    related_tags text not null
        default '[]'
        constraint tags_related_tags_is_an_array
            check (iif(json_valid(related_tags), json_type(related_tags) = 'array', related_tags is
            null)),
    embedding blob constraint tags_embedding_is_a_vector check (length(embedding) = 6144),
    embedding_model text,
    content_hash text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint tags_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint tags_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint tags_pkey primary key (id),
    constraint tags_name_and_type_are_unique unique (workspace_id, name, tag_type),
    constraint tags_name_is_unique unique (workspace_id, name),
    constraint tags_workspace_id_id_is_unique unique (workspace_id, id),
    constraint tags_tag_group_fkey
        foreign key (workspace_id, tag_group) references tag_groups (workspace_id, name) on update
        cascade,
    constraint tags_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint tags_embedding_has_a_model check (embedding is null or embedding_model is not null),
    constraint tags_folded_name_is_not_blank check (folded_name <> ''),
    constraint tags_name_fits check (length(name) <= 100),
    constraint tags_name_is_one_line
        check (name not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*'),
    constraint tags_tag_type_is_snake_case
        check (tag_type glob '[a-z]*' and tag_type not glob '*[^a-z0-9_]*'),
    constraint tags_usage_count_is_not_negative check (usage_count >= 0)
) strict;

-- One piece of content, labeled by itself: category, tags, sentiment, audience, quality and
-- embedding.
--
-- Its text is content, else prompt, else alt_text, else the file name.
-- A label set by a person is never changed by a machine.
create table content_assets (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint content_assets_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    campaign_id text,
    -- What an import calls this row; unique in the workspace, so a second run of the import adds
    -- nothing.
    source_key text,
    asset_type text not null default 'text',
    content text,
    file_path text,
    file_url text,
    alt_text text,
    language text,
    generator text,
    prompt text,
    parameters text not null
        default '{}'
        constraint content_assets_parameters_is_json
            check (parameters is null or json_valid(parameters)),
    generation_cost text
        constraint content_assets_generation_cost_is_a_number
            check (generation_cost glob '*[0-9]' and generation_cost not glob '*[^.0-9-]*' and
            generation_cost not glob '*?-*' and generation_cost not glob '*.*.*' and generation_cost
            not glob '*.?????*')
        constraint content_assets_generation_cost_is_in_range
            check (abs(cast(generation_cost as real)) < 1e10),
    generation_time_ms integer,
    -- Name of a category of this workspace. Set by a person, it stays; machines fill it only while
    -- category_source is not human.
    primary_category text,
    -- Names of the applied tags. Editing the array is how a person adds tags and refuses them;
    -- content_asset_tags keeps the reasons.
    tags text not null
        default '[]'
        constraint content_assets_tags_is_an_array
            check (iif(json_valid(tags), json_type(tags) = 'array', tags is null)),
    sentiment text,
    -- Name of a tag of type audience. A person's new word becomes one; a tag of another type is
    -- refused.
    target_audience text,
    category_source text,
    sentiment_source text,
    audience_source text,
    -- Always audience: half of the key that holds target_audience to tags of that type.
    audience_type text not null default 'audience',
    -- queued: waiting for a worker; labeled; review: nobody was sure; failed: see the dead job.
    label_state text not null default 'queued',
    -- When a person set the category; null when a machine did. Machines learn from confirmed rows
    -- only.
    confirmed_at text
        constraint content_assets_confirmed_at_is_a_timestamp
            check (confirmed_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(confirmed_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    -- One of the rows that a new head, model, prompt or vocabulary is measured with before it goes
    -- live. It counts while a
    -- person's category stands on it, and is never learned from: no neighbor, no example, not in
    -- any head.
    golden integer not null
        default 0
        constraint content_assets_golden_is_a_boolean check (golden in (0, 1)),
    quality_score real,
    -- What quality_score is made of: part name to 0..1.
    quality_parts text
        constraint content_assets_quality_parts_is_json
            check (quality_parts is null or json_valid(quality_parts)),
    revision_count integer not null default 0,
    -- none: nobody asks for one; required, rejected: no post of it can be scheduled or posted;
    -- approved.
    -- Changed by rules and by the RPCs approve, reject and require_approval; each change is in
    -- approvals.
    approval text not null default 'none',
    approval_by text
        constraint content_assets_approval_by_is_a_uuid
            check (length(approval_by) = 36 and approval_by not glob '*[^-0-9a-f]*'),
    approval_at text
        constraint content_assets_approval_at_is_a_timestamp
            check (approval_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(approval_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    approval_rule text,
    approval_note text,
    embedding blob constraint content_assets_embedding_is_a_vector check (length(embedding) = 6144),
    embedding_model text,
    -- sha256 of the text that the stored vector was made from, lower-case hex.
    content_hash text,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint content_assets_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint content_assets_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint content_assets_pkey primary key (id),
    constraint content_assets_source_key_is_unique unique (workspace_id, source_key),
    constraint content_assets_workspace_id_id_is_unique unique (workspace_id, id),
    constraint content_assets_campaign_id_fkey
        foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete
        cascade,
    constraint content_assets_primary_category_fkey
        foreign key (workspace_id, primary_category) references categories (workspace_id, name) on
        update cascade,
    constraint content_assets_target_audience_fkey
        foreign key (workspace_id, target_audience, audience_type) references tags (workspace_id,
        name, tag_type) on update cascade,
    constraint content_assets_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint content_assets_alt_text_fits check (length(cast(alt_text as blob)) <= 1000000),
    constraint content_assets_approval_is_known
        check (approval in ('none', 'required', 'approved', 'rejected')),
    constraint content_assets_asset_type_is_known check (asset_type in ('text', 'image', 'video')),
    constraint content_assets_audience_source_is_known
        check (audience_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_assets_audience_type_is_audience check (audience_type = 'audience'),
    constraint content_assets_category_source_is_known
        check (category_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_assets_content_fits check (length(cast(content as blob)) <= 1000000),
    constraint content_assets_embedding_has_a_model
        check (embedding is null or embedding_model is not null),
    constraint content_assets_file_path_fits check (length(file_path) <= 500),
    constraint content_assets_file_url_fits check (length(file_url) <= 2000),
    constraint content_assets_file_url_has_no_other_scheme
        check (file_url glob 'http://*' or file_url glob 'https://*' or instr(file_url, ':') = 0 or
        instr(file_url, '/') >= 1 and instr(file_url, '/') <= instr(file_url, ':')),
    constraint content_assets_generation_cost_is_not_negative
        check (cast(generation_cost as real) >= 0 and cast(generation_cost as real) < 10000000000),
    constraint content_assets_generation_time_ms_is_not_negative check (generation_time_ms >= 0),
    constraint content_assets_generator_is_snake_case
        check (generator glob '[a-z]*' and generator not glob '*[^a-z0-9_]*'),
    constraint content_assets_label_state_is_known
        check (label_state in ('queued', 'labeled', 'review', 'failed')),
    constraint content_assets_parameters_is_an_object check (json_type(parameters) = 'object'),
    constraint content_assets_prompt_fits check (length(cast(prompt as blob)) <= 1000000),
    constraint content_assets_quality_score_is_unit
        check (quality_score >= 0 and quality_score <= 1),
    constraint content_assets_revision_count_is_not_negative check (revision_count >= 0),
    constraint content_assets_sentiment_is_known
        check (sentiment in ('positive', 'neutral', 'negative', 'mixed')),
    constraint content_assets_sentiment_source_is_known
        check (sentiment_source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human'))
) strict;

-- Every decision about a label, a row a field: who decided, how sure, why, with which model, prompt
-- and vocabulary.
--
-- outcome applied: it became the label; kept_human: a person's label stood; abstained: nobody was
-- sure.
create table categorizations (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint categorizations_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    content_asset_id text,
    campaign_id text,
    field text not null,
    label text,
    labels text
        constraint categorizations_labels_is_json check (labels is null or json_valid(labels)),
    candidate text,
    previous_label text,
    source text,
    rule_id text
        constraint categorizations_rule_id_is_a_uuid
            check (length(rule_id) = 36 and rule_id not glob '*[^-0-9a-f]*'),
    head_version integer,
    -- What a person's decision confirms or corrects: the machine's last one on this field. Null
    -- where no machine had
    -- spoken, and where she changes her own mind. The view corrections puts the two side by side.
    judged_id text
        constraint categorizations_judged_id_is_a_uuid
            check (length(judged_id) = 36 and judged_id not glob '*[^-0-9a-f]*'),
    -- 0..1. Of reuse the cosine similarity; of neighbor the share of similar texts that agree,
    -- times the similarity of the
    -- nearest; of trained a probability; of model a share of the evidence, or how strong a word or
    -- feeling is; of rule 1.
    score real,
    reasons text not null
        default '[]'
        constraint categorizations_reasons_is_json check (reasons is null or json_valid(reasons)),
    outcome text not null,
    model text,
    -- Why the offline analyst answered for the model that is configured. budget: the day's was
    -- spent; provider: it was
    -- down or out of money; gate: the model has not passed on the golden set. Null: who was asked
    -- answered. The view
    -- offline_decisions shows what still stands so.
    fallback text,
    prompt_version text,
    vocabulary_version integer,
    embedding_model text,
    content_hash text,
    -- What the model's answer cost in US dollars, on the category, once a run; null when it was
    -- known or cost nothing.
    cost text
        constraint categorizations_cost_is_a_number
            check (cost glob '*[0-9]' and cost not glob '*[^.0-9-]*' and cost not glob '*?-*' and
            cost not glob '*.*.*' and cost not glob '*.???????*')
        constraint categorizations_cost_is_in_range check (abs(cast(cost as real)) < 1e8),
    latency_ms integer,
    decided_by text
        constraint categorizations_decided_by_is_a_uuid
            check (length(decided_by) = 36 and decided_by not glob '*[^-0-9a-f]*'),
    -- When sample_audit picked this decision at random for a person to judge; null: it did not.
    audited_at text
        constraint categorizations_audited_at_is_a_timestamp
            check (audited_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(audited_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint categorizations_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint categorizations_pkey primary key (id),
    constraint categorizations_campaign_id_fkey
        foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete
        cascade,
    constraint categorizations_content_asset_id_fkey
        foreign key (workspace_id, content_asset_id) references content_assets (workspace_id, id) on
        delete cascade,
    constraint categorizations_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint categorizations_cost_is_not_negative check (cast(cost as real) >= 0),
    constraint categorizations_fallback_is_known check (fallback in ('budget', 'provider', 'gate')),
    constraint categorizations_field_is_known
        check (field in ('category', 'tags', 'sentiment', 'audience')),
    constraint categorizations_head_version_is_positive check (head_version > 0),
    constraint categorizations_judged_by_a_person check (judged_id is null or source = 'human'),
    constraint categorizations_latency_ms_is_not_negative check (latency_ms >= 0),
    constraint categorizations_outcome_is_known
        check (outcome in ('applied', 'kept_human', 'abstained')),
    constraint categorizations_reasons_is_an_array check (json_type(reasons) = 'array'),
    constraint categorizations_score_is_unit check (score >= 0 and score <= 1),
    constraint categorizations_source_is_known
        check (source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint categorizations_target_is_one
        check ((content_asset_id is null) <> (campaign_id is null))
) strict;

-- Which tags an asset carries, who put them there and why; and which a person refused.
--
-- A refused tag is never applied again by a machine.
create table content_asset_tags (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    content_asset_id text not null,
    tag_id text not null,
    source text not null,
    score real,
    reason text,
    state text not null default 'applied',
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint content_asset_tags_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint content_asset_tags_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint content_asset_tags_pkey primary key (content_asset_id, tag_id),
    constraint content_asset_tags_content_asset_id_fkey
        foreign key (workspace_id, content_asset_id) references content_assets (workspace_id, id) on
        delete cascade,
    constraint content_asset_tags_tag_id_fkey
        foreign key (workspace_id, tag_id) references tags (workspace_id, id) on delete cascade,
    constraint content_asset_tags_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint content_asset_tags_only_people_reject check (state = 'applied' or source = 'human'),
    constraint content_asset_tags_score_is_unit check (score >= 0 and score <= 1),
    constraint content_asset_tags_source_is_known
        check (source in ('rule', 'reuse', 'neighbor', 'trained', 'model', 'human')),
    constraint content_asset_tags_state_is_known check (state in ('applied', 'rejected'))
) strict;

-- The evidence of a proposal: content in which a machine met the word.
create table label_proposal_uses (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    proposal_id text not null,
    content_asset_id text not null,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint label_proposal_uses_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint label_proposal_uses_pkey primary key (proposal_id, content_asset_id),
    constraint label_proposal_uses_content_asset_id_fkey
        foreign key (workspace_id, content_asset_id) references content_assets (workspace_id, id) on
        delete cascade,
    constraint label_proposal_uses_proposal_id_fkey
        foreign key (workspace_id, proposal_id) references label_proposals (workspace_id, id) on
        delete cascade,
    constraint label_proposal_uses_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade
) strict;

-- What rules have scheduled, once for each content and platform: a post that a person deletes does
-- not come back.
create table schedulings (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    content_asset_id text not null,
    platform text not null,
    rule text not null,
    scheduled_time text not null
        constraint schedulings_scheduled_time_is_a_timestamp
            check (scheduled_time glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(scheduled_time,
            1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint schedulings_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint schedulings_pkey primary key (content_asset_id, platform),
    constraint schedulings_content_asset_id_fkey
        foreign key (workspace_id, content_asset_id) references content_assets (workspace_id, id) on
        delete cascade,
    constraint schedulings_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade
) strict;

-- A piece of content on a network: when, where, how it went.
--
-- A metric the network does not offer is null, never 0.
create table social_posts (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint social_posts_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    campaign_id text,
    content_asset_id text,
    platform text not null,
    post_text text,
    media_urls text not null
        default '[]'
        constraint social_posts_media_urls_is_an_array
            check (iif(json_valid(media_urls), json_type(media_urls) = 'array', media_urls is null)),
    scheduled_time text
        constraint social_posts_scheduled_time_is_a_timestamp
            check (scheduled_time glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(scheduled_time,
            1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    posted_time text
        constraint social_posts_posted_time_is_a_timestamp
            check (posted_time glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(posted_time, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    hashtags text not null
        default '[]'
        constraint social_posts_hashtags_is_an_array
            check (iif(json_valid(hashtags), json_type(hashtags) = 'array', hashtags is null)),
    mentions text not null
        default '[]'
        constraint social_posts_mentions_is_an_array
            check (iif(json_valid(mentions), json_type(mentions) = 'array', mentions is null)),
    post_url text,
    status text not null default 'scheduled',
    error_message text,
    approval text not null default 'none',
    approval_by text
        constraint social_posts_approval_by_is_a_uuid
            check (length(approval_by) = 36 and approval_by not glob '*[^-0-9a-f]*'),
    approval_at text
        constraint social_posts_approval_at_is_a_timestamp
            check (approval_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(approval_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    approval_rule text,
    approval_note text,
    views integer,
    likes integer,
    comments integer,
    shares integer,
    clicks integer,
    engagement_rate real
        generated always as (round(cast(coalesce(likes, 0) + coalesce(comments, 0) +
            coalesce(shares, 0) + coalesce(clicks, 0) as real) / nullif(views, 0), 4)) stored,
    posting_cost text
        constraint social_posts_posting_cost_is_a_number
            check (posting_cost glob '*[0-9]' and posting_cost not glob '*[^.0-9-]*' and
            posting_cost not glob '*?-*' and posting_cost not glob '*.*.*' and posting_cost not glob
            '*.?????*')
        constraint social_posts_posting_cost_is_in_range
            check (abs(cast(posting_cost as real)) < 1e10),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint social_posts_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint social_posts_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    last_analytics_update text
        constraint social_posts_last_analytics_update_is_a_timestamp
            check (last_analytics_update glob coalesce(strftime('%Y-%m-%dT%H:%M:%S',
            substr(last_analytics_update, 1, 19), '+0 days'), '') ||
            '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint social_posts_pkey primary key (id),
    constraint social_posts_workspace_id_id_is_unique unique (workspace_id, id),
    constraint social_posts_campaign_id_fkey
        foreign key (workspace_id, campaign_id) references campaigns (workspace_id, id) on delete
        cascade,
    constraint social_posts_content_asset_id_fkey
        foreign key (workspace_id, content_asset_id) references content_assets (workspace_id, id),
    constraint social_posts_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint social_posts_approval_is_known
        check (approval in ('none', 'required', 'approved', 'rejected')),
    constraint social_posts_metrics_are_not_negative
        check (views >= 0 and likes >= 0 and comments >= 0 and shares >= 0 and clicks >= 0),
    constraint social_posts_platform_is_snake_case
        check (platform glob '[a-z]*' and platform not glob '*[^a-z0-9_]*'),
    constraint social_posts_post_url_has_no_other_scheme
        check (post_url glob 'http://*' or post_url glob 'https://*' or instr(post_url, ':') = 0 or
        instr(post_url, '/') >= 1 and instr(post_url, '/') <= instr(post_url, ':')),
    constraint social_posts_posting_cost_is_not_negative
        check (cast(posting_cost as real) >= 0 and cast(posting_cost as real) < 10000000000),
    constraint social_posts_status_is_known
        check (status in ('scheduled', 'posted', 'failed', 'deleted'))
) strict;

-- Every change of an approval of content or a post: who, when, from what to what, by which rule.
-- Written by triggers.
create table approvals (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint approvals_id_is_a_uuid check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    content_asset_id text,
    social_post_id text,
    previous_approval text not null,
    approval text not null,
    rule text,
    note text,
    decided_by text
        constraint approvals_decided_by_is_a_uuid
            check (length(decided_by) = 36 and decided_by not glob '*[^-0-9a-f]*'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint approvals_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint approvals_pkey primary key (id),
    constraint approvals_content_asset_id_fkey
        foreign key (workspace_id, content_asset_id) references content_assets (workspace_id, id) on
        delete cascade,
    constraint approvals_social_post_id_fkey
        foreign key (workspace_id, social_post_id) references social_posts (workspace_id, id) on
        delete cascade,
    constraint approvals_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint approvals_approval_is_known
        check (approval in ('none', 'required', 'approved', 'rejected')),
    constraint approvals_previous_approval_is_known
        check (previous_approval in ('none', 'required', 'approved', 'rejected')),
    constraint approvals_target_is_one
        check ((content_asset_id is null) <> (social_post_id is null))
) strict;

-- The classifiers a workspace learned from its confirmed rows, a row a version; of each embedding
-- model at most one is active.
--
-- One vector and one bias a label, in private.trained_head_labels: those of the last ten versions
-- and of the active one.
create table trained_heads (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint trained_heads_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    version integer not null,
    active integer not null
        default 0
        constraint trained_heads_active_is_a_boolean check (active in (0, 1)),
    -- person: somebody asked for it; automatic: enough new corrections had come in.
    origin text not null default 'person',
    embedding_model text not null,
    train_rows integer not null,
    threshold real not null,
    target_precision real not null,
    margin real not null,
    -- On rows it was not fitted on, by cross-validation: {"rows", "accuracy", "coverage",
    -- "precision", "calibration_error",
    -- "temperature", "labels": [{"category", "rows", "threshold", "precision", "recall",
    -- "coverage"}]}. coverage: the share it
    -- decides alone; precision: how often that was right. "golden": the golden set it was fitted
    -- beside,
    -- beginnings of ids; rows
    -- that became golden later it may have learned from, so they are not asked when it is compared.
    measures text not null
        default '{}'
        constraint trained_heads_measures_is_json check (measures is null or json_valid(measures)),
    -- With the version that was active then: {"basis", "rows", "before", "after", "margin",
    -- "passed", "told", "labels":
    -- [{"category", "rows", "before", "after"}]}. basis golden: the golden set; fresh: rows filed
    -- since that version;
    -- cross_validation: what each reached by itself; none: there was no version to compare with.
    comparison text
        constraint trained_heads_comparison_is_json
            check (comparison is null or json_valid(comparison)),
    -- When it last went live; null: it never did.
    activated_at text
        constraint trained_heads_activated_at_is_a_timestamp
            check (activated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(activated_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint trained_heads_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint trained_heads_pkey primary key (id),
    constraint trained_heads_version_is_unique unique (workspace_id, version),
    constraint trained_heads_workspace_id_id_is_unique unique (workspace_id, id),
    constraint trained_heads_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint trained_heads_comparison_is_an_object check (json_type(comparison) = 'object'),
    constraint trained_heads_margin_is_unit check (margin >= 0 and margin <= 1),
    constraint trained_heads_measures_is_an_object check (json_type(measures) = 'object'),
    constraint trained_heads_origin_is_known check (origin in ('person', 'automatic')),
    constraint trained_heads_target_precision_is_unit
        check (target_precision >= 0 and target_precision <= 1),
    constraint trained_heads_threshold_is_unit check (threshold >= 0 and threshold <= 1),
    constraint trained_heads_train_rows_is_positive check (train_rows > 0),
    constraint trained_heads_version_is_positive check (version > 0)
) strict;

-- score of a label = weights . embedding + bias; softmax over the labels of the head.
create table trained_head_labels (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    head_id text not null,
    category_id text not null,
    weights blob not null
        constraint trained_head_labels_weights_is_a_vector check (length(weights) = 6144),
    bias real not null,
    threshold real,
    constraint trained_head_labels_pkey primary key (head_id, category_id),
    constraint trained_head_labels_category_id_fkey
        foreign key (workspace_id, category_id) references categories (workspace_id, id) on delete
        cascade,
    constraint trained_head_labels_head_id_fkey
        foreign key (workspace_id, head_id) references trained_heads (workspace_id, id) on delete
        cascade,
    constraint trained_head_labels_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint trained_head_labels_threshold_is_unit check (threshold >= 0 and threshold <= 1)
) strict;

-- Where a workspace wants to be told: a public https address, and what about.
--
-- Each delivery is signed (Standard Webhooks 1.0.0); rotate_webhook_secret gives the secret, once.
create table webhook_endpoints (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint webhook_endpoints_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    name text not null,
    url text not null,
    events text not null
        default '[]'
        constraint webhook_endpoints_events_is_an_array
            check (iif(json_valid(events), json_type(events) = 'array', events is null)),
    enabled integer not null
        default 1
        constraint webhook_endpoints_enabled_is_a_boolean check (enabled in (0, 1)),
    disabled_reason text,
    -- Deliveries that failed since the last one that did not; after ten in a row the endpoint
    -- pauses.
    failures integer not null default 0,
    failing_since text
        constraint webhook_endpoints_failing_since_is_a_timestamp
            check (failing_since glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(failing_since,
            1, 19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    paused_until text
        constraint webhook_endpoints_paused_until_is_a_timestamp
            check (paused_until glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(paused_until, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint webhook_endpoints_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint webhook_endpoints_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint webhook_endpoints_pkey primary key (id),
    constraint webhook_endpoints_name_is_unique unique (workspace_id, name),
    constraint webhook_endpoints_workspace_id_id_is_unique unique (workspace_id, id),
    constraint webhook_endpoints_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint webhook_endpoints_failures_is_not_negative check (failures >= 0),
    constraint webhook_endpoints_name_fits check (length(name) <= 100),
    constraint webhook_endpoints_name_is_not_blank check (trim(name) <> ''),
    constraint webhook_endpoints_url_fits check (length(url) <= 2000)
) strict;

-- What is to be told, to whom, and how that went: a row a message, written with what it tells of.
--
-- waiting -> leased (claim_deliveries) -> delivered, back to waiting (it failed), or dead
-- (replay_deliveries).
-- Finished ones are kept for 30 days.
create table webhook_deliveries (
    id text not null
        default (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||
            substr(hex(randomblob(2)), 2) || '-' || substr('89ab', 1 + (random() & 3), 1) ||
            substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))
        constraint webhook_deliveries_id_is_a_uuid
            check (length(id) = 36 and id not glob '*[^-0-9a-f]*'),
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    endpoint_id text not null,
    event_type text not null,
    payload text not null
        constraint webhook_deliveries_payload_is_json
            check (payload is null or json_valid(payload)),
    state text not null default 'waiting',
    attempt integer not null default 0,
    failures integer not null default 0,
    run_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint webhook_deliveries_run_at_is_a_timestamp
            check (run_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(run_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    leased_by text,
    last_status integer,
    last_error text,
    last_response text,
    duration_ms integer,
    delivered_at text
        constraint webhook_deliveries_delivered_at_is_a_timestamp
            check (delivered_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(delivered_at, 1,
            19), '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint webhook_deliveries_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    updated_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint webhook_deliveries_updated_at_is_a_timestamp
            check (updated_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(updated_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint webhook_deliveries_pkey primary key (id),
    constraint webhook_deliveries_endpoint_id_fkey
        foreign key (workspace_id, endpoint_id) references webhook_endpoints (workspace_id, id) on
        delete cascade,
    constraint webhook_deliveries_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint webhook_deliveries_attempt_is_not_negative check (attempt >= 0),
    constraint webhook_deliveries_event_type_is_known
        check (event_type in ('content.labeled', 'content.review', 'rule.matched', 'webhook.test')),
    constraint webhook_deliveries_failures_is_not_negative check (failures >= 0),
    constraint webhook_deliveries_leased_has_a_worker
        check ((state = 'leased') = (leased_by is not null)),
    constraint webhook_deliveries_state_is_known
        check (state in ('waiting', 'leased', 'delivered', 'dead'))
) strict;

-- What deliveries are signed with: one current secret an endpoint, and rotated ones until they
-- expire.
create table webhook_secrets (
    id integer constraint webhook_secrets_pkey primary key autoincrement,
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    endpoint_id text not null,
    secret text not null,
    expires_at text
        constraint webhook_secrets_expires_at_is_a_timestamp
            check (expires_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(expires_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint webhook_secrets_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint webhook_secrets_endpoint_id_fkey
        foreign key (workspace_id, endpoint_id) references webhook_endpoints (workspace_id, id) on
        delete cascade
) strict;

-- Who belongs to a workspace, and what they may do there.
--
-- owner: everything; editor: content, campaigns, posts, vocabulary, rules; viewer: read.
create table workspace_members (
    workspace_id text not null default '00000000-0000-0000-0000-000000000001',
    user_id text not null
        constraint workspace_members_user_id_is_a_uuid
            check (length(user_id) = 36 and user_id not glob '*[^-0-9a-f]*'),
    role text not null,
    created_at text not null
        default (strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'))
        constraint workspace_members_created_at_is_a_timestamp
            check (created_at glob coalesce(strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19),
            '+0 days'), '') || '.[0-9][0-9][0-9][0-9][0-9][0-9]Z'),
    constraint workspace_members_pkey primary key (workspace_id, user_id),
    constraint workspace_members_workspace_id_fkey
        foreign key (workspace_id) references workspaces (id) on delete cascade,
    constraint workspace_members_role_is_known check (role in ('owner', 'editor', 'viewer'))
) strict;

create index idx_cache_invalidations_epoch
on cache_invalidations (epoch);

create index idx_cache_leases_leased_until
on cache_leases (leased_until);

create index idx_idempotency_keys_created_at
on idempotency_keys (created_at);

create index idx_api_key_log_key_id
on api_key_log (workspace_id, key_id, created_at desc);

create index idx_api_key_log_newest
on api_key_log (workspace_id, created_at desc, id desc);

create index idx_api_key_log_requests
on api_key_log (created_at)
where event = 'request';

create index idx_api_key_secrets_key_id
on api_key_secrets (workspace_id, key_id);

create index idx_automation_rules_enabled
on automation_rules (workspace_id, rule_type, priority desc, created_at)
where enabled;

create unique index idx_backfills_one_is_open
on backfills (workspace_id, kind)
where state in ('running', 'paused', 'ready');

create index idx_backfills_workspace_id
on backfills (workspace_id, created_at desc);

create index idx_cache_entries_expires_at
on cache_entries (expires_at);

create index idx_cache_entries_workspace_id
on cache_entries (workspace_id, cache_type);

create unique index categories_folded_name_is_unique
on categories (workspace_id, lower(name));

create index idx_categories_parent_id
on categories (workspace_id, parent_id);

create index idx_campaigns_campaign_type
on campaigns (workspace_id, campaign_type);

create index idx_campaigns_name
on campaigns (workspace_id, name);

create index idx_campaigns_primary_category
on campaigns (workspace_id, primary_category);

create index idx_campaigns_status
on campaigns (workspace_id, status);

create index idx_gate_verdicts_model
on gate_verdicts (workspace_id, model, prompt_version, created_at desc);

create unique index idx_gate_verdicts_unmeasured
on gate_verdicts (workspace_id, model, prompt_version)
where basis = 'none';

create index idx_invitation_mails_tried_at
on invitation_mails (tried_at);

create index idx_invitation_mails_workspace_id
on invitation_mails (workspace_id, tried_at);

create index idx_invitations_email
on invitations (email);

create index idx_invitations_to_mail
on invitations (mail_after)
where mailed_at is null;

create index idx_jobs_backfill_id
on jobs (backfill_id)
where backfill_id is not null;

create index idx_jobs_claimable
on jobs (workspace_id, priority, run_at)
where state <> 'dead';

create index idx_jobs_dead
on jobs (workspace_id)
where state = 'dead';

create index idx_jobs_failing
on jobs (run_at)
where state = 'leased' and failures > 0;

create unique index label_proposals_folded_name_is_unique
on label_proposals (workspace_id, kind, folded_name);

create index idx_model_batches_backfill_id
on model_batches (workspace_id, backfill_id);

create index idx_model_batches_look_at
on model_batches (look_at);

create index idx_reservations_expires_at
on reservations (workspace_id, day, expires_at);

create index idx_spare_vectors_workspace_id
on spare_vectors (workspace_id, embedding_model);

create index idx_tags_tag_group
on tags (workspace_id, tag_group);

create index idx_tags_tag_type
on tags (workspace_id, tag_type);

create unique index tags_folded_name_is_unique
on tags (workspace_id, folded_name)
where folded_name <> '';

create index idx_content_assets_approval
on content_assets (workspace_id, approval_at)
where approval = 'required';

create index idx_content_assets_asset_type
on content_assets (workspace_id, asset_type);

create index idx_content_assets_campaign_id
on content_assets (workspace_id, campaign_id);

create index idx_content_assets_confirmed_hash
on content_assets (workspace_id, content_hash)
where confirmed_at is not null and primary_category is not null and not golden;

create index idx_content_assets_created_at
on content_assets (workspace_id, created_at desc, id desc);

create index idx_content_assets_golden
on content_assets (workspace_id, content_hash)
where golden;

create index idx_content_assets_label_state
on content_assets (workspace_id, label_state);

create index idx_content_assets_primary_category
on content_assets (workspace_id, primary_category);

create index idx_content_assets_target_audience
on content_assets (workspace_id, target_audience, audience_type);

create index idx_content_assets_updated_at
on content_assets (workspace_id, updated_at, id);

create index idx_categorizations_campaign_id
on categorizations (workspace_id, campaign_id, created_at desc);

create index idx_categorizations_content_asset_id
on categorizations (workspace_id, content_asset_id, created_at desc);

create index idx_categorizations_fallback
on categorizations (workspace_id, created_at)
where fallback is not null;

create index idx_categorizations_judged
on categorizations (workspace_id, created_at)
where judged_id is not null;

create index idx_content_asset_tags_content_asset_id
on content_asset_tags (workspace_id, content_asset_id);

create index idx_content_asset_tags_tag_id
on content_asset_tags (workspace_id, tag_id);

create index idx_label_proposal_uses_content_asset_id
on label_proposal_uses (workspace_id, content_asset_id);

create index idx_label_proposal_uses_proposal_id
on label_proposal_uses (workspace_id, proposal_id);

create index idx_schedulings_workspace_id
on schedulings (workspace_id, content_asset_id);

create index idx_social_posts_approval
on social_posts (workspace_id, approval_at)
where approval = 'required';

create index idx_social_posts_campaign_id
on social_posts (workspace_id, campaign_id);

create index idx_social_posts_content_asset_id
on social_posts (workspace_id, content_asset_id);

create index idx_social_posts_platform
on social_posts (workspace_id, platform);

create index idx_social_posts_scheduled_time
on social_posts (scheduled_time);

create index idx_social_posts_status
on social_posts (workspace_id, status);

create index idx_approvals_content_asset_id
on approvals (workspace_id, content_asset_id, created_at desc);

create index idx_approvals_social_post_id
on approvals (workspace_id, social_post_id, created_at desc);

create unique index idx_trained_heads_active
on trained_heads (workspace_id, embedding_model)
where active;

create index idx_trained_head_labels_category_id
on trained_head_labels (workspace_id, category_id);

create index idx_trained_head_labels_head_id
on trained_head_labels (workspace_id, head_id);

create index idx_webhook_deliveries_claimable
on webhook_deliveries (endpoint_id, run_at)
where state in ('waiting', 'leased');

create index idx_webhook_deliveries_dead
on webhook_deliveries (updated_at)
where state = 'dead';

create index idx_webhook_deliveries_endpoint_id
on webhook_deliveries (workspace_id, endpoint_id, created_at desc);

create index idx_webhook_deliveries_finished
on webhook_deliveries (updated_at)
where state in ('delivered', 'dead');

create unique index idx_webhook_secrets_current
on webhook_secrets (endpoint_id)
where expires_at is null;

create index idx_webhook_secrets_endpoint_id
on webhook_secrets (workspace_id, endpoint_id);

create index idx_workspace_members_user_id
on workspace_members (user_id);

-- Content and posts that wait for a person's approval: rpc approve or reject ends it. Oldest first:
-- order by waiting_since.
create view approval_queue as
select
    content_assets.id,
    content_assets.workspace_id,
    'content' as kind,
    content_assets.campaign_id,
    substr(case when trim(content_assets.content, char(32, 9, 10, 13)) <> '' then
        content_assets.content when trim(content_assets.prompt, char(32, 9, 10, 13)) <> '' then
        content_assets.prompt when trim(content_assets.alt_text, char(32, 9, 10, 13)) <> '' then
        content_assets.alt_text when trim(substr(content_assets.file_path,
        length(rtrim(content_assets.file_path, replace(content_assets.file_path, '/', ''))) + 1),
        char(32, 9, 10, 13)) <> '' then substr(content_assets.file_path,
        length(rtrim(content_assets.file_path, replace(content_assets.file_path, '/', ''))) + 1)
        end, 1, 200) as text,
    content_assets.approval_rule as rule,
    content_assets.approval_note as note,
    content_assets.approval_at as waiting_since
from content_assets
where content_assets.approval = 'required'
union all
select
    social_posts.id,
    social_posts.workspace_id,
    'post' as kind,
    social_posts.campaign_id,
    substr(social_posts.post_text, 1, 200) as text,
    social_posts.approval_rule as rule,
    social_posts.approval_note as note,
    social_posts.approval_at as waiting_since
from social_posts
where social_posts.approval = 'required';

-- What a publisher may take: posts with a time, neither they nor their content waiting for approval
-- or rejected, nor for
-- the rules that may ask for it.
create view approved_posts as
select
    social_posts.id,
    social_posts.workspace_id,
    social_posts.campaign_id,
    social_posts.content_asset_id,
    social_posts.platform,
    social_posts.scheduled_time
from social_posts
left join content_assets on social_posts.workspace_id = content_assets.workspace_id and
    social_posts.content_asset_id = content_assets.id
where social_posts.status = 'scheduled' and social_posts.scheduled_time is not null and
    social_posts.approval in ('none', 'approved') and coalesce(content_assets.approval, 'none') in
    ('none', 'approved') and (content_assets.id is null or content_assets.label_state in ('labeled',
    'review') or social_posts.approval = 'approved' or content_assets.approval = 'approved' and
    content_assets.approval_rule is null or not exists (select 1 from automation_rules where
    automation_rules.workspace_id = social_posts.workspace_id and automation_rules.rule_type =
    'approval' and automation_rules.enabled));

-- Rows that machines labeled and sample_audit picked at random: is the label right?
--
-- Confirm or correct it as any other label (record_feedback, an edit) and the row is gone from
-- here; so it is when a
-- machine decides it anew.
create view audit_queue as
select
    content_assets.id,
    content_assets.workspace_id,
    substr(case when trim(content_assets.content, char(32, 9, 10, 13)) <> '' then
        content_assets.content when trim(content_assets.prompt, char(32, 9, 10, 13)) <> '' then
        content_assets.prompt when trim(content_assets.alt_text, char(32, 9, 10, 13)) <> '' then
        content_assets.alt_text when trim(substr(content_assets.file_path,
        length(rtrim(content_assets.file_path, replace(content_assets.file_path, '/', ''))) + 1),
        char(32, 9, 10, 13)) <> '' then substr(content_assets.file_path,
        length(rtrim(content_assets.file_path, replace(content_assets.file_path, '/', ''))) + 1)
        end, 1, 200) as text,
    content_assets.primary_category as label,
    decided.source,
    decided.score,
    decided.audited_at
from categorizations as decided
join content_assets on decided.workspace_id = content_assets.workspace_id and
    decided.content_asset_id = content_assets.id
where decided.audited_at is not null and decided.field = 'category' and decided.label is not null
    and content_assets.primary_category is not null and content_assets.category_source =
    decided.source and not exists (select 1 as "1" from categorizations as said where
    said.workspace_id = decided.workspace_id and said.judged_id = decided.id) and not exists (select
    1 as "1" from categorizations as later where later.workspace_id = decided.workspace_id and
    later.content_asset_id = decided.content_asset_id and later.field = 'category' and later.source
    = decided.source and later.outcome = 'applied' and later.created_at > decided.created_at);

-- What the cache was asked and what it saved, by kind and tier, of all workspaces together. For
-- services only.
create view cache_statistics as
select
    cache_counters.cache_type,
    cache_counters.tier,
    sum(cache_counters.hits) as hits,
    sum(cache_counters.misses) as misses,
    round(cast(sum(cache_counters.hits) as real) / nullif(sum(cache_counters.hits) +
        sum(cache_counters.misses), 0), 4) as hit_rate,
    sum(cache_counters.computes) as computes,
    sum(cache_counters.errors) as errors,
    sum(cache_counters.bytes_read) as bytes_read,
    sum(cache_counters.bytes_written) as bytes_written,
    sum(cache_counters.saved_seconds) as saved_seconds,
    sum(cast(cache_counters.saved_cost as real)) as saved_cost,
    min(cache_counters.day) as first_day
from cache_counters
group by cache_counters.cache_type, cache_counters.tier;

-- What models cost to label the campaigns and their content, in US dollars. Campaigns that cost
-- nothing are not listed.
create view campaign_costs as
select
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name,
    count(cast(decisions.cost as real)) as paid_answers,
    sum(cast(decisions.cost as real)) as labeling_cost
from campaigns
join (select categorizations.workspace_id, coalesce(content_assets.campaign_id,
    categorizations.campaign_id) as campaign_id, categorizations.cost from categorizations left join
    content_assets on categorizations.workspace_id = content_assets.workspace_id and
    categorizations.content_asset_id = content_assets.id where categorizations.cost is not null) as
    decisions on campaigns.workspace_id = decisions.workspace_id and campaigns.id =
    decisions.campaign_id
group by campaigns.id, campaigns.workspace_id, campaigns.name;

-- A campaign a row: how far its content is labeled, where its posts stand, what it cost.
create view campaign_overview as
select
    campaigns.id,
    campaigns.workspace_id,
    campaigns.name,
    campaigns.campaign_type,
    campaigns.status,
    campaigns.start_date,
    campaigns.end_date,
    campaigns.primary_category,
    campaigns.category_source,
    campaigns.label_state,
    coalesce(content.total, 0) as content_count,
    coalesce(content.queued, 0) as content_queued,
    coalesce(content.labeled, 0) as content_labeled,
    coalesce(content.review, 0) as content_review,
    coalesce(content.failed, 0) as content_failed,
    coalesce(posts.scheduled, 0) as posts_scheduled,
    coalesce(posts.posted, 0) as posts_posted,
    coalesce(posts.failed, 0) as posts_failed,
    coalesce(posts.deleted, 0) as posts_deleted,
    posts.next_post_at,
    posts.last_post_at,
    campaigns.estimated_cost,
    campaigns.actual_cost,
    coalesce(content.cost, 0) as generation_cost,
    coalesce(posts.cost, 0) as posting_cost,
    campaigns.created_at
from campaigns
left join (select content_assets.workspace_id, content_assets.campaign_id, count(*) as total,
    count(*) filter (where content_assets.label_state = 'queued') as queued, count(*) filter (where
    content_assets.label_state = 'labeled') as labeled, count(*) filter (where
    content_assets.label_state = 'review') as review, count(*) filter (where
    content_assets.label_state = 'failed') as failed, sum(cast(content_assets.generation_cost as
    real)) as cost from content_assets where content_assets.campaign_id is not null group by
    content_assets.workspace_id, content_assets.campaign_id) as content on campaigns.workspace_id =
    content.workspace_id and campaigns.id = content.campaign_id
left join (select social_posts.workspace_id, social_posts.campaign_id, count(*) filter (where
    social_posts.status = 'scheduled') as scheduled, count(*) filter (where social_posts.status =
    'posted') as posted, count(*) filter (where social_posts.status = 'failed') as failed, count(*)
    filter (where social_posts.status = 'deleted') as deleted, min(social_posts.scheduled_time)
    filter (where social_posts.status = 'scheduled') as next_post_at, max(social_posts.posted_time)
    as last_post_at, sum(cast(social_posts.posting_cost as real)) as cost from social_posts where
    social_posts.campaign_id is not null group by social_posts.workspace_id,
    social_posts.campaign_id) as posts on campaigns.workspace_id = posts.workspace_id and
    campaigns.id = posts.campaign_id;

-- The categories as a tree of two levels with what is filed under each, and how much of it people
-- confirmed.
--
-- In the order of the tree: order by path. One with neither content nor campaigns can be deleted.
create view category_usage as
select
    categories.id,
    categories.workspace_id,
    categories.name,
    categories.parent_id,
    parents.name as parent,
    case when parents.name is null then categories.name else parents.name || ' / ' ||
        categories.name end as path,
    count(content_assets.id) filter (where filed.id = categories.id) as content_count,
    count(content_assets.id) as content_count_with_children,
    count(content_assets.confirmed_at) filter (where filed.id = categories.id) as confirmed_count,
    count(content_assets.confirmed_at) as confirmed_count_with_children,
    (select count(*) as count from campaigns where campaigns.workspace_id = categories.workspace_id
        and campaigns.primary_category = categories.name) as campaign_count,
    max(content_assets.created_at) filter (where filed.id = categories.id) as last_used_at
from categories
left join categories as parents on categories.workspace_id = parents.workspace_id and
    categories.parent_id = parents.id
join categories as filed on categories.workspace_id = filed.workspace_id and (categories.id =
    filed.id or categories.id = filed.parent_id)
left join content_assets on filed.workspace_id = content_assets.workspace_id and filed.name =
    content_assets.primary_category
group by categories.id, categories.workspace_id, categories.name, categories.parent_id, parents.name;

-- Every label that content carries now, a row a label, with who decided it and why.
--
-- What a label replaced, what a person refused and what nobody was sure of is in categorizations
-- and content_asset_tags.
create view content_labels as
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    'category' as field,
    content_assets.primary_category as label,
    content_assets.category_source as source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    decisions.created_at as decided_at
from content_assets
left join categorizations as decisions on decisions.rowid = (select categorizations.rowid from
    categorizations where categorizations.workspace_id = content_assets.workspace_id and
    categorizations.content_asset_id = content_assets.id and categorizations.field = 'category' and
    categorizations.source = content_assets.category_source and categorizations.outcome = 'applied'
    order by categorizations.created_at desc nulls first, categorizations.id desc nulls first limit
    1)
where content_assets.primary_category is not null
union all
select
    links.workspace_id,
    links.content_asset_id,
    'tag' as field,
    tags.name as label,
    links.source,
    links.score,
    case when links.reason is null then '[]' else json_array(links.reason) end as reasons,
    decisions.model,
    links.updated_at as decided_at
from content_asset_tags as links
join tags on links.workspace_id = tags.workspace_id and links.tag_id = tags.id
left join categorizations as decisions on decisions.rowid = (select categorizations.rowid from
    categorizations where links.source <> 'human' and categorizations.workspace_id =
    links.workspace_id and categorizations.content_asset_id = links.content_asset_id and
    categorizations.field = 'tags' and categorizations.source <> 'human' order by
    categorizations.created_at desc nulls first, categorizations.id desc nulls first limit 1)
where links.state = 'applied'
union all
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    'sentiment' as field,
    content_assets.sentiment as label,
    content_assets.sentiment_source as source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    decisions.created_at as decided_at
from content_assets
left join categorizations as decisions on decisions.rowid = (select categorizations.rowid from
    categorizations where categorizations.workspace_id = content_assets.workspace_id and
    categorizations.content_asset_id = content_assets.id and categorizations.field = 'sentiment' and
    categorizations.source = content_assets.sentiment_source and categorizations.outcome = 'applied'
    order by categorizations.created_at desc nulls first, categorizations.id desc nulls first limit
    1)
where content_assets.sentiment is not null
union all
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    'audience' as field,
    content_assets.target_audience as label,
    content_assets.audience_source as source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    decisions.created_at as decided_at
from content_assets
left join categorizations as decisions on decisions.rowid = (select categorizations.rowid from
    categorizations where categorizations.workspace_id = content_assets.workspace_id and
    categorizations.content_asset_id = content_assets.id and categorizations.field = 'audience' and
    categorizations.source = content_assets.audience_source and categorizations.outcome = 'applied'
    order by categorizations.created_at desc nulls first, categorizations.id desc nulls first limit
    1)
where content_assets.target_audience is not null;

-- What people said of machine answers, from whatever door: their label beside the machine's, who
-- decided it and how.
--
-- A row an answer of a machine that people judged. Who changes her mind has her last word here,
-- until a machine reads the
-- row again.
create view corrections as
select
    word.id,
    said.workspace_id,
    said.content_asset_id,
    said.campaign_id,
    said.field,
    case when judged.outcome = 'abstained' and word.label is not null then 'decided' when
        judged.outcome = 'abstained' then 'left_empty' when word.label is null then 'cleared' when
        word.label = said.previous_label then 'confirmed' else 'corrected' end as kind,
    word.label,
    said.previous_label as machine_label,
    judged.candidate as machine_candidate,
    judged.labels as machine_labels,
    judged.source,
    judged.score,
    judged.rule_id,
    judged.head_version,
    judged.model,
    judged.prompt_version,
    judged.vocabulary_version,
    judged.embedding_model,
    judged.id as machine_decision_id,
    judged.created_at as machine_decided_at,
    word.reasons,
    word.decided_by,
    word.created_at
from categorizations as said
join categorizations as judged on said.workspace_id = judged.workspace_id and said.judged_id =
    judged.id
join categorizations as word on word.id = (select last.id from categorizations as last where
    last.workspace_id = said.workspace_id and (last.content_asset_id = said.content_asset_id or
    last.campaign_id = said.campaign_id) and last.field = said.field and last.source = 'human' and
    last.created_at >= said.created_at and not exists (select 1 as "1" from categorizations as again
    where again.workspace_id = said.workspace_id and (again.content_asset_id = said.content_asset_id
    or again.campaign_id = said.campaign_id) and again.field = 'category' and coalesce(again.source,
    '') <> 'human' and again.created_at > said.created_at and again.created_at < last.created_at)
    order by last.created_at desc nulls first, last.id desc nulls first limit 1);

-- How right machines are: a row a day, field, source and label, with what people said of it since.
--
-- Precision is judged_right / judged; people correct what is wrong sooner than they confirm what is
-- right, so it is too
-- low, and 1 - (judged - judged_right) / decisions too high. audits_right / audits_judged is of
-- rows picked at random.
create view label_accuracy as
select
    decided.workspace_id,
    substr(decided.created_at, 1, 10) as day,
    decided.field,
    decided.source,
    decided.label,
    count(*) as decisions,
    count(said.id) as judged,
    count(said.id) filter (where said.kind in ('confirmed', 'left_empty')) as judged_right,
    count(decided.audited_at) as audits,
    count(said.id) filter (where decided.audited_at is not null) as audits_judged,
    count(said.id) filter (where decided.audited_at is not null and said.kind in ('confirmed',
        'left_empty')) as audits_right,
    avg(decided.score) as mean_score
from categorizations as decided
left join corrections as said on decided.workspace_id = said.workspace_id and decided.id =
    said.machine_decision_id
where decided.field <> 'tags' and decided.outcome <> 'kept_human' and coalesce(decided.source, '')
    <> 'human'
group by decided.workspace_id, substr(decided.created_at, 1, 10), decided.field, decided.source,
    decided.label;

-- How sure machines were beside how often people found them right: a row a day, field, source and
-- band of scores.
create view label_calibration as
select
    judged.workspace_id,
    judged.day,
    judged.field,
    judged.source,
    judged.sure_from,
    count(*) as judged,
    count(*) filter (where judged.kind = 'confirmed') as judged_right,
    avg(judged.score) as mean_score
from (select corrections.workspace_id, substr(corrections.machine_decided_at, 1, 10) as day,
    corrections.field, corrections.source, corrections.kind, corrections.score, case when
    corrections.score >= 0.95 then 95 when corrections.score >= 0.9 then 90 when corrections.score
    >= 0.8 then 80 when corrections.score >= 0.7 then 70 when corrections.score >= 0.6 then 60 when
    corrections.score >= 0.5 then 50 else 0 end as sure_from from corrections where
    corrections.field <> 'tags' and corrections.source is not null and corrections.score is not
    null) as judged
group by judged.workspace_id, judged.day, judged.field, judged.source, judged.sure_from;

-- What machines answered beside what people say it is: a row a day, field, source and pair of
-- labels.
--
-- Equal labels: the machine was right. A machine_label that is null: nobody was sure; a label that
-- is null: there should
-- be none. Recall of a label is the share of rows with that label whose machine_label is the same.
create view label_confusion as
select
    corrections.workspace_id,
    substr(corrections.machine_decided_at, 1, 10) as day,
    corrections.field,
    corrections.source,
    corrections.machine_label,
    corrections.label,
    count(*) as judged
from corrections
where corrections.field <> 'tags'
group by corrections.workspace_id, substr(corrections.machine_decided_at, 1, 10), corrections.field,
    corrections.source, corrections.machine_label, corrections.label;

-- Content and campaigns that the offline analyst decided because the budget was spent, the model's
-- provider down,
-- or the model had not passed the gate, and nobody since: worth asking the model again.
-- queue_content takes their
-- target_id.
create view offline_decisions as
select
    categorizations.id,
    categorizations.workspace_id,
    coalesce(categorizations.content_asset_id, categorizations.campaign_id) as target_id,
    case when categorizations.campaign_id is null then 'content' else 'campaign' end as target,
    categorizations.fallback,
    categorizations.label,
    categorizations.created_at as decided_at
from categorizations
where categorizations.fallback is not null and not exists (select 1 as "1" from categorizations as
    later where later.workspace_id = categorizations.workspace_id and later.content_asset_id =
    categorizations.content_asset_id and later.field = 'category' and later.created_at >
    categorizations.created_at) and not exists (select 1 as "1" from categorizations as later where
    later.workspace_id = categorizations.workspace_id and later.campaign_id =
    categorizations.campaign_id and later.field = 'category' and later.created_at >
    categorizations.created_at);

-- Content that waits for a person: what it says, why the machine stopped, and what it thought
-- nearest.
--
-- Set content_assets.primary_category (to the candidate, or to what is right) and the row is gone
-- from here.
-- Oldest first: order by waiting_since.
create view review_queue as
select
    content_assets.id,
    content_assets.workspace_id,
    content_assets.campaign_id,
    campaigns.name as campaign,
    content_assets.asset_type,
    substr(case when trim(content_assets.content, char(32, 9, 10, 13)) <> '' then
        content_assets.content when trim(content_assets.prompt, char(32, 9, 10, 13)) <> '' then
        content_assets.prompt when trim(content_assets.alt_text, char(32, 9, 10, 13)) <> '' then
        content_assets.alt_text when trim(substr(content_assets.file_path,
        length(rtrim(content_assets.file_path, replace(content_assets.file_path, '/', ''))) + 1),
        char(32, 9, 10, 13)) <> '' then substr(content_assets.file_path,
        length(rtrim(content_assets.file_path, replace(content_assets.file_path, '/', ''))) + 1)
        end, 1, 200) as text,
    content_assets.label_state,
    case when content_assets.label_state = 'failed' then 'failed' when
        content_assets.category_source = 'human' then 'cleared' when case when
        trim(content_assets.content, char(32, 9, 10, 13)) <> '' then content_assets.content when
        trim(content_assets.prompt, char(32, 9, 10, 13)) <> '' then content_assets.prompt when
        trim(content_assets.alt_text, char(32, 9, 10, 13)) <> '' then content_assets.alt_text when
        trim(substr(content_assets.file_path, length(rtrim(content_assets.file_path,
        replace(content_assets.file_path, '/', ''))) + 1), char(32, 9, 10, 13)) <> '' then
        substr(content_assets.file_path, length(rtrim(content_assets.file_path,
        replace(content_assets.file_path, '/', ''))) + 1) end is null then 'nothing_to_read' else
        'nobody_sure' end as cause,
    case when content_assets.label_state = 'failed' then (select jobs.last_error from jobs where
        jobs.kind = 'categorize_content' and jobs.target_id = content_assets.id and jobs.state =
        'dead') else null end as error,
    coalesce(decisions.label, decisions.candidate) as candidate,
    decisions.source,
    decisions.score,
    decisions.reasons,
    decisions.model,
    case when content_assets.label_state = 'failed' then content_assets.updated_at else
        coalesce(decisions.created_at, content_assets.updated_at) end as waiting_since
from content_assets
left join campaigns on content_assets.workspace_id = campaigns.workspace_id and
    content_assets.campaign_id = campaigns.id
left join categorizations as decisions on decisions.rowid = (select categorizations.rowid from
    categorizations where categorizations.workspace_id = content_assets.workspace_id and
    categorizations.content_asset_id = content_assets.id and categorizations.field = 'category'
    order by categorizations.created_at desc nulls first, categorizations.id desc nulls first limit
    1)
where content_assets.label_state in ('review', 'failed');

-- Content that has fewer or more tags of a group than that asks for: a person took one away, no tag
-- of the group may be
-- given by a machine, or the group is younger than the content.
create view tag_group_gaps as
select
    content_assets.workspace_id,
    content_assets.id as content_asset_id,
    tag_groups.name as tag_group,
    tag_groups.min_tags,
    tag_groups.max_tags,
    count(tags.id) as tag_count
from content_assets
join tag_groups on content_assets.workspace_id = tag_groups.workspace_id
left join content_asset_tags as links on content_assets.id = links.content_asset_id and links.state
    = 'applied'
left join tags on links.tag_id = tags.id and tag_groups.name = tags.tag_group
where content_assets.label_state in ('labeled', 'review')
group by content_assets.workspace_id, content_assets.id, tag_groups.name, tag_groups.min_tags,
    tag_groups.max_tags
having count(tags.id) < tag_groups.min_tags or count(tags.id) > tag_groups.max_tags;

-- what private.default_vocabulary() answers in Postgres
create table default_vocabulary (
    id integer primary key check (id = 1),
    data text not null check (json_valid(data))
) strict;
insert into default_vocabulary (id, data)
values (1, '{
  "version": 1,
  "categories": [
    {"name": "recruitment", "parent": null,
     "description": "Attracting talent in general: careers pages, employee referrals, talent pools, recruiters, open applications and resumes, before any one vacancy is named.",
     "keywords": ["careers page", "career site", "talent pool", "talent community", "talent network", "recruiter", "recruiting", "recruitment team", "referral bonus", "employee referral", "open application", "refer a friend to work", "send us your resume", "career change", "future colleagues", "hiring managers"],
     "examples": ["Not seeing the right role today? Join our talent community and our recruiters will write to you first when something fits.", "Know a great nurse? Our employee referral bonus just went up to $2,000.", "Thinking about a career change? Meet our recruiting team on the careers page and ask them anything."],
     "counter_examples": ["Hiring: senior accountant, Denver, $78k, start in May. -> job_opening", "Fridays here end with a barbecue on the roof. -> workplace_culture"]},
    {"name": "job_opening", "parent": "recruitment",
     "description": "Concrete vacancies to apply for: job title, location, hourly pay or salary, shifts, full-time or part-time, requirements and how to apply.",
     "keywords": ["hiring", "we''re hiring", "now hiring", "job opening", "open role", "open position", "vacancy", "full-time", "part-time", "per hour", "hourly pay", "salary range", "sign-on bonus", "apply today", "cover letter", "years of experience", "join our team as"],
     "examples": ["We''re hiring a line cook in Portland. $22 an hour, two days off in a row, staff meal every shift. Apply today.", "Open role: Senior Backend Engineer (Go, Postgres), remote in the EU, EUR 75-90k. Send your CV to our team lead.", "CDL-A drivers wanted for regional runs. Home every weekend, $1,450 a week, sign-on bonus paid in 30 days."],
     "counter_examples": ["Meet Ana, who grew from barista to regional manager in six years. -> workplace_culture", "Our summer internship takes twelve students every year. -> early_careers"]},
    {"name": "workplace_culture", "parent": "recruitment",
     "description": "Life inside the company: colleagues, team rituals, benefits and perks, employee spotlights, office life, parental leave, how people work together and grow.",
     "keywords": ["our culture", "company culture", "work culture", "our colleagues", "coworkers", "teammates", "life at", "day in the life", "employee spotlight", "meet the team", "team lunch", "team offsite", "offsite", "parental leave", "work-life balance", "flexible hours", "great place to work", "perks", "onboarding buddy", "four-day week"],
     "examples": ["Employee spotlight: Priya joined us on the help desk in 2019. Today she runs the whole support team, and still answers one ticket every Friday.", "What our offsite looked like: no slides, one lake, 34 colleagues and a very bad volleyball match.", "Twenty weeks of parental leave for every parent, because no deadline beats a first smile."],
     "counter_examples": ["We are looking for a support lead, apply by Friday. -> job_opening", "Our founder started in a garage with one sewing machine. -> brand_story"]},
    {"name": "early_careers", "parent": "recruitment",
     "description": "Internships, apprenticeships, trainee and graduate programs, mentors, working students and campus recruiting at the start of a working life.",
     "keywords": ["internship", "intern", "apprenticeship", "apprentice", "graduate program", "graduate scheme", "new-grad", "trainee", "trainee program", "working student", "campus recruiting", "first job", "entry-level", "summer intern"],
     "examples": ["Applications for our summer internship are open: ten weeks, paid, a mentor of your own and a real project with your name on it.", "Start an apprenticeship in electrical installation with us this September. No experience needed, just curiosity and good shoes.", "Graduating in June? Our two-year graduate program rotates you through finance, operations and sales."],
     "counter_examples": ["We''re hiring a tax manager with eight years of experience. -> job_opening", "Students save 20% on every plan with a valid ID. -> offer"]},
    {"name": "launch", "parent": null,
     "description": "Introducing a new product, collection, book, app, service or location: brand new, available now, unveiled, coming soon, pre-order, grand opening.",
     "keywords": ["introducing", "meet the new", "brand new", "just launched", "launching", "now available", "available now", "out now", "has landed", "new arrival", "new collection", "new product", "pre-order", "coming soon", "first look", "unveiling", "grand opening", "our newest"],
     "examples": ["Introducing the Ember 2: our lightest camping stove yet. Boils a liter in under three minutes. Available now.", "Our spring collection has landed. Linen, in seven colors we could not stop wearing.", "Coming soon: a second bakery, on Mill Street. Doors open March 3."],
     "counter_examples": ["Version 4.2 adds dark mode and faster search. -> feature_update", "The Ember 2 is 25% off this week. -> offer"]},
    {"name": "feature_update", "parent": "launch",
     "description": "Software and device updates for existing users: new feature, release notes, version, integration, dark mode, bug fixes, redesign, firmware, dashboard improvements.",
     "keywords": ["new feature", "feature update", "release notes", "changelog", "what''s new", "now supports", "you can now", "dark mode", "integration", "integrates with", "beta", "rolled out", "rolling out", "shipped", "bug fixes", "redesigned", "dashboard", "version"],
     "examples": ["You asked, we shipped: you can now export any report to a spreadsheet in one click.", "Release notes 3.8: faster sync, keyboard shortcuts and the fix for that calendar bug.", "New integration: send approved invoices straight from your dashboard to your bank."],
     "counter_examples": ["Meet our first smartwatch, in stores Monday. -> launch", "The dashboard will be offline for maintenance on Sunday. -> service_notice"]},
    {"name": "event", "parent": null,
     "description": "Events to attend in person: conference, trade fair, festival, concert, workshop, open house, market, tasting or meetup, with date, venue, tickets, doors and line-up.",
     "keywords": ["conference", "meetup", "trade show", "trade fair", "expo", "open house", "open studio", "festival", "concert", "tickets", "early-bird", "doors open", "booth", "free entry", "keynote", "line-up", "stalls", "venue", "rsvp"],
     "examples": ["See you in Lisbon! Find us at booth B14 from Tuesday to Thursday, coffee is on us.", "Open house this Saturday, 11 to 3. Tour the studio, try the wheel, take home a bowl.", "Tickets for the harbor jazz festival are on sale. Three nights, two stages, one river."],
     "counter_examples": ["Join our live online session from your desk on Tuesday. -> webinar", "Thank you to the 600 people who came last weekend! -> event_recap"]},
    {"name": "webinar", "parent": "event",
     "description": "Online sessions: webinar, livestream, virtual workshop, online demo, masterclass or Q&A on Zoom, with speakers, registration and recording.",
     "keywords": ["webinar", "live webinar", "online session", "online workshop", "virtual workshop", "virtual event", "livestream", "live demo", "on-demand", "on-demand recording", "recording", "replay", "zoom", "live q&a", "masterclass", "register for the webinar", "save your seat"],
     "examples": ["Live webinar, May 14 at 11 a.m. ET: five ways to cut cloud spend without slowing your team. Save your seat.", "Bring your questions: our analysts host an online Q&A on the new reporting rules this Thursday.", "Missed it? Watch the recording of last week''s virtual workshop on demand."],
     "counter_examples": ["Our conference returns to Chicago in June, tickets on sale now. -> event", "Read our guide to cloud costs. -> education"]},
    {"name": "event_recap", "parent": "event",
     "description": "Looking back at a past event: recap, highlights, photos, aftermovie, crowd, visitors, speakers and volunteers of last weekend''s festival or conference.",
     "keywords": ["recap", "event recap", "recap reel", "highlights", "highlight reel", "aftermovie", "photos from", "photos are up", "takeaways", "key takeaways", "that''s a wrap", "what a night", "what a weekend", "thank you to everyone who came", "sold-out crowd", "visitors", "attendees", "last weekend", "see you next year"],
     "examples": ["That''s a wrap! 420 guests, 18 talks and one unforgettable closing song. Photos are up on our page.", "Three takeaways from last week''s summit, written on the train home.", "What a night. Thank you to everyone who came to our tenth anniversary dinner."],
     "counter_examples": ["Two weeks left until the summit, get your ticket. -> event", "Watch the replay of yesterday''s online session. -> webinar"]},
    {"name": "offer", "parent": null,
     "description": "Discounts and deals: sale, percent off, coupon or promo code, bundle, free shipping, half price, buy one get one, loyalty points, clearance.",
     "keywords": ["10% off", "20% off", "25% off", "30% off", "50% off", "percent off", "discount", "flash sale", "sale ends", "clearance", "promo code", "coupon", "use code", "free shipping", "free delivery", "buy one get one", "two for one", "half price", "loyalty points"],
     "examples": ["Flash sale: 30% off all running shoes until Sunday midnight. Use code RUN30.", "Buy two bags of beans, get the third one free. This month only.", "Free shipping on every order over $40, no code needed."],
     "counter_examples": ["Try the app free for 14 days. -> free_trial", "Tag a friend and win a pair of running shoes. -> giveaway"]},
    {"name": "free_trial", "parent": "offer",
     "description": "Free trials and samples: free plan, trial period, first class or month free, demo account, no credit card required, cancel anytime.",
     "keywords": ["free trial", "trial period", "trial", "14-day", "try for free", "try it free", "free month", "first month free", "free plan", "free account", "first class free", "first class is free", "free sample", "no credit card", "no card required", "cancel anytime", "risk-free"],
     "examples": ["Start your 14-day free trial. No credit card, no sales call, cancel anytime.", "Your first yoga class is free. Bring a towel, we have the mats.", "Not sure? Use every feature for a month on us, then decide."],
     "counter_examples": ["Subscribe today and pay half price for a year. -> offer", "You can now invite guests on the free plan. -> feature_update"]},
    {"name": "giveaway", "parent": "offer",
     "description": "Giveaways, contests, raffles, sweepstakes and competitions with prizes to win, entry rules and a draw of winners.",
     "keywords": ["giveaway", "enter to win", "chance to win", "could win", "sweepstakes", "raffle", "raffle ticket", "prize draw", "first prize", "grand prize", "prizes", "contest", "competition", "winners", "no purchase necessary", "tag a friend", "how to enter"],
     "examples": ["GIVEAWAY! Win a weekend for two at the lake. To enter: follow us, like this post and tag a friend.", "Send us your best trail photo by June 30 for a chance to win the new backpack.", "Raffle tickets are $5 and first prize is a mountain bike."],
     "counter_examples": ["We won the national design award! -> company_milestone", "Everyone gets a free tote with orders over $60. -> offer"]},
    {"name": "brand_story", "parent": null,
     "description": "Origins and craft: founders, family history, heritage, mission and values, grandmother''s recipe, handmade by craftspeople, generations of makers and growers.",
     "keywords": ["our story", "how it all started", "our mission", "our values", "why we exist", "founding story", "founder", "founded", "grandmother", "grandfather", "family-owned", "family-run", "family business", "generations", "third generation", "handmade", "handcrafted", "made by hand", "artisan", "heritage"],
     "examples": ["It started with one oven and my grandmother''s rye. Three generations later, we still get up at 3 a.m.", "Why we exist: nobody should need a law degree to read an insurance policy.", "Every bag is cut, sewn and signed by one person. This one was made by Marta."],
     "counter_examples": ["We turned 25 today! -> company_milestone", "Our new bag comes in four colors, out now. -> launch"]},
    {"name": "social_impact", "parent": "brand_story",
     "description": "Good causes: sustainability, climate, carbon, recycling, renewable energy, donations, charity, shelters, food banks, trees planted, volunteers and inclusion.",
     "keywords": ["sustainability", "sustainable", "carbon", "climate", "recycled", "recycling", "renewable", "compost", "trees planted", "donate", "donated", "donation", "charity", "fundraiser", "volunteer", "volunteering", "shelter", "food bank"],
     "examples": ["For every pair sold this month we donate one to a shelter in our city.", "We cut packaging plastic by 41% last year. Here is what worked and what did not.", "Forty volunteers, six hours, 1.2 tons of trash out of the river."],
     "counter_examples": ["Thanks to our community for ten great years. -> company_milestone", "Come to our charity concert on May 4, doors at seven. -> event"]},
    {"name": "company_milestone", "parent": "brand_story",
     "description": "Company news and honors: anniversary, award, funding round, investors, certification, acquisition, partnership, new chief executive, millionth customer.",
     "keywords": ["anniversary", "years in business", "our award", "award-winning", "award for", "finalist", "shortlisted", "nominated", "funding", "funding round", "series a", "series b", "investors", "acquisition", "acquired", "partnership", "proud to announce", "milestone", "iso 27001", "appointed"],
     "examples": ["Ten years, 40 colleagues and one very tired coffee machine: today is our anniversary.", "We raised a $12M Series A to bring fair payroll to every small team.", "Proud to announce that our lab is now ISO 27001 certified."],
     "counter_examples": ["We have a new product for small teams, try it today. -> launch", "My father opened this shop in 1974 with a borrowed ladder. -> brand_story"]},
    {"name": "education", "parent": null,
     "description": "Useful knowledge: how-to guides, step by step instructions, tips, tutorials, recipes, explainers, checklists, myths and common mistakes for beginners.",
     "keywords": ["how to", "pro tip", "tips for", "step by step", "guide", "explained in", "explainer", "beginner", "common mistakes", "mistakes to avoid", "myth", "checklist", "did you know", "cheat sheet", "instructions", "tutorial"],
     "examples": ["How to keep basil alive past week two: water from below, cut above the second pair of leaves, never the fridge.", "Myth: you need a 20% down payment. Here is what lenders really ask for.", "Five mistakes to avoid in your first email campaign."],
     "counter_examples": ["Our survey of 900 shops shows basil sales up 12%. -> industry_insight", "Our gardening workshop takes place on Saturday. -> event"]},
    {"name": "industry_insight", "parent": "education",
     "description": "Market research and analysis: survey results, reports, statistics, trends, forecasts, benchmarks, analysts, regulation and industry commentary.",
     "keywords": ["annual report", "new report", "survey", "we surveyed", "respondents", "research", "findings", "trend", "forecast", "benchmark", "whitepaper", "statistics", "median", "analysts", "year over year", "regulation", "industry data"],
     "examples": ["We surveyed 1,200 retailers: 64% plan to cut the number of delivery options next year.", "The 2025 benchmark report is out: median open rate 38%, down two points year over year.", "Three trends that will shape commercial kitchens over the next five years."],
     "counter_examples": ["Five tips to raise your open rate. -> education", "How one retailer cut returns by 31% with our software. -> case_study"]},
    {"name": "community", "parent": null,
     "description": "Conversation with followers: polls, votes, comments, challenges, fan and reader photos, hashtags, shout-outs to neighbors and local groups.",
     "keywords": ["tell us", "in the comments", "comment below", "poll", "vote", "our followers", "followers", "our community", "reader photo", "fan photo", "fan art", "fan of the week", "photo of the week", "shout-out", "challenge", "caption this", "debate"],
     "examples": ["Window seat or aisle? Settle this in the comments.", "Reader photo of the week: Tom and his sourdough named Clint Yeastwood. Show us yours!", "A shout-out to our neighbors at the flower shop, who kept our door free of snow all winter."],
     "counter_examples": ["Comment to win a flight! -> giveaway", "''Best flight I ever had'', says Tom. -> testimonial"]},
    {"name": "seasonal_greeting", "parent": "community",
     "description": "Holiday greetings and good wishes: Christmas, New Year, Easter, Eid, Ramadan, Diwali, Hanukkah, Thanksgiving, Mother''s Day, Women''s Day.",
     "keywords": ["happy new year", "happy holidays", "happy easter", "happy thanksgiving", "happy diwali", "eid mubarak", "ramadan", "diwali", "hanukkah", "merry christmas", "christmas", "season''s greetings", "warmest wishes", "best wishes", "from our family to yours", "mother''s day", "father''s day", "women''s day", "lunar new year", "halloween"],
     "examples": ["Happy New Year from all of us at the workshop. May your drawers close softly.", "Eid Mubarak to everyone celebrating with family and friends today.", "Warmest wishes for a quiet, bright holiday season."],
     "counter_examples": ["Mother''s Day sale: all bouquets 15% off. -> offer", "We are closed from December 24 to January 2. -> service_notice"]},
    {"name": "testimonial", "parent": null,
     "description": "Customer reviews: star ratings, praise, quotes, fan letters and recommendations from happy customers, patients and guests in their own words.",
     "keywords": ["testimonial", "review", "star review", "five stars", "5 stars", "highly recommend", "would recommend", "happy customer", "customer says", "in their own words", "what people are saying", "could not be happier", "changed my life", "member since", "verified buyer"],
     "examples": ["\"I had given up on my knees. Eight weeks later I took the stairs without thinking.\" Carol, member since March", "★★★★★ \"Arrived a day early, fits perfectly, and the handwritten note made my week.\"", "What people are saying about the new clinic: ''Nobody rushed me.''"],
     "counter_examples": ["How a 60-bed hospital cut waiting times by a third in one quarter. -> case_study", "Leave us a review in the comments, what do you think? -> community"]},
    {"name": "case_study", "parent": "testimonial",
     "description": "Customer success with measured results: case study of a client company, the challenge, the solution, costs cut, hours saved, sales increased by percent.",
     "keywords": ["case study", "success story", "customer story", "client story", "our client", "client results", "before switching", "cut costs", "reduced", "increased by", "roi", "return on investment", "within six months", "within one quarter", "the challenge", "the result", "the outcome"],
     "examples": ["Case study: how a chain of 14 dental clinics cut no-shows by 38% in one quarter.", "Before switching, the warehouse counted stock by hand on Sundays. Now the Sunday shift is gone and errors fell by 72%.", "The challenge: three languages, one inbox. The result: first replies in nine minutes. Read the full story."],
     "counter_examples": ["\"Love it, five stars!\" Jamie, Leeds -> testimonial", "Industry no-show rates rose to 19% this year. -> industry_insight"]},
    {"name": "service_notice", "parent": null,
     "description": "Operational notices: changed opening hours, temporary closure, outage, scheduled maintenance, delivery delays, product recall, price or policy changes, apologies.",
     "keywords": ["closed", "closing early", "opening hours", "holiday hours", "new hours", "closure", "outage", "downtime", "maintenance", "scheduled maintenance", "service disruption", "delay", "delayed", "recall", "faulty", "we apologize", "sorry for the inconvenience", "price change", "rescheduled"],
     "examples": ["We are closed on Monday for inventory and back on Tuesday at 8.", "Scheduled maintenance: the booking portal is offline on Sunday from 2 to 4 a.m. UTC.", "Because of the storm, deliveries in the north are delayed by one day. We are sorry for the wait."],
     "counter_examples": ["We now support bookings in Spanish. -> feature_update", "Our shop on Mill Street opens for the first time tomorrow. -> launch"]}
  ],
  "tags": [
    {"name": "software", "tag_type": "industry", "aliases": ["saas", "information_technology", "it_industry"],
     "description": "Software, apps, cloud services, developer tools and IT companies.",
     "keywords": ["software", "platform", "app", "saas", "api", "cloud", "dashboard", "database", "open source", "source code", "developer", "devops", "cybersecurity"],
     "examples": ["Our API now answers in 40 ms.", "One dashboard for every invoice your team sends."], "counter_examples": ["New espresso machine with a touch screen. -> food_and_beverage"]},
    {"name": "retail", "tag_type": "industry", "aliases": ["e_commerce", "shopping"],
     "description": "Shops and online stores, shelves, shopping, stock, checkout and store staff.",
     "keywords": ["store", "shop", "shopping", "retail", "retailer", "in-store", "checkout", "shelves", "e-commerce", "cashier", "storefront"],
     "examples": ["Two new stores open their doors this month.", "Click and collect, ready in an hour."], "counter_examples": ["A linen dress cut for long evenings. -> fashion"]},
    {"name": "hospitality", "tag_type": "industry", "aliases": ["restaurants", "hotels", "gastronomy"],
     "description": "Hotels, restaurants, bars and cafes, guests, rooms, kitchens and service staff.",
     "keywords": ["hotel", "restaurant", "bar", "guests", "kitchen", "chef", "menu", "brunch", "barista", "line cook", "cooks", "dishwasher", "bistro", "front desk", "check-in"],
     "examples": ["Our chef rewrites the menu every Thursday.", "Rooms with a view of the harbor from $140."], "counter_examples": ["Granola in a bag you can reseal. -> food_and_beverage"]},
    {"name": "food_and_beverage", "tag_type": "industry", "aliases": ["food_and_drink", "groceries"],
     "description": "Things to eat and drink sold as products: coffee, bread, snacks, wine, beer, groceries.",
     "keywords": ["coffee", "espresso", "beans", "roastery", "roasted", "bakery", "bread", "sourdough", "chocolate", "wine", "beer", "snack", "tea", "organic", "flavor"],
     "examples": ["A washed Ethiopian that tastes like apricot jam.", "Rye, spelt and one very stubborn baguette."], "counter_examples": ["Book a table for Sunday brunch. -> hospitality"]},
    {"name": "healthcare", "tag_type": "industry", "aliases": ["health_sector", "medical_sector"],
     "description": "Clinics, hospitals, dentists, care homes, patients, nursing, therapy and medical devices.",
     "keywords": ["clinic", "hospital", "patients", "nurse", "doctor", "dentist", "dental", "medical", "therapy", "care home", "pharmacy"],
     "examples": ["Evening appointments for people who work days.", "Registered nurses, nights, Ward 4."], "counter_examples": ["A protein bar with fewer ingredients. -> food_and_beverage"]},
    {"name": "finance", "tag_type": "industry", "aliases": ["banking", "financial_services", "fintech", "insurance"],
     "description": "Banking, insurance, investing, accounting, payments, loans and taxes.",
     "keywords": ["banking", "bank account", "insurance", "loan", "mortgage", "invest", "investing", "accounting", "bookkeeping", "bookkeeper", "tax", "payments", "fintech", "savings"],
     "examples": ["File your taxes in one coffee break.", "A savings account that explains itself."], "counter_examples": ["Save 20% on headphones. -> retail"]},
    {"name": "real_estate", "tag_type": "industry", "aliases": ["realty", "property_market"],
     "description": "Homes and offices for sale or rent, listings, viewings, agents and property management.",
     "keywords": ["real estate", "listing", "bedroom", "apartment", "condo", "realtor", "property", "viewing", "lease", "square feet"],
     "examples": ["Three bedrooms, two baths and a very old pear tree.", "Open house on Elm Street, Sunday 1 to 3."], "counter_examples": ["We renovate kitchens in ten days. -> construction"]},
    {"name": "construction", "tag_type": "industry", "aliases": ["building_trade", "skilled_trades"],
     "description": "Building, renovation and trades: carpenters, electricians, roofers, plumbers, contractors.",
     "keywords": ["construction", "contractor", "renovation", "remodel", "carpenter", "electrician", "plumber", "roofing", "roofer", "building site", "drywall", "scaffolding"],
     "examples": ["New roof in two days, cleaned up by Friday.", "Electricians wanted for the hospital extension."], "counter_examples": ["A condo with a view of the park. -> real_estate"]},
    {"name": "education_sector", "tag_type": "industry", "aliases": ["academia", "e_learning"],
     "description": "Schools, universities, language courses, tutoring, e-learning platforms.",
     "keywords": ["school", "university", "college", "course", "classroom", "curriculum", "tutor", "tutoring", "bootcamp", "language course", "campus", "bachelor", "e-learning"],
     "examples": ["Evening Spanish courses for complete beginners.", "Our bootcamp starts its ninth cohort."], "counter_examples": ["How to clean a chain in five minutes. -> how_to"]},
    {"name": "manufacturing", "tag_type": "industry", "aliases": ["industrial", "factories"],
     "description": "Factories and industrial production: machines, plants, assembly, tooling, materials.",
     "keywords": ["factory", "manufacturing", "machinery", "machinists", "robots", "robotics", "automation", "cnc", "assembly line", "production plant", "production line", "warehouse robots", "tooling", "steel"],
     "examples": ["Line 3 now runs on heat we used to throw away.", "CNC machinists, second shift, full benefits."], "counter_examples": ["Handmade earrings from a kitchen table. -> fashion"]},
    {"name": "logistics", "tag_type": "industry", "aliases": ["transportation", "trucking", "supply_chain"],
     "description": "Transport and delivery: trucking, freight, warehouses, couriers, shipping, fleets.",
     "keywords": ["logistics", "freight", "trucking", "truck", "truck driver", "cdl", "warehouse", "courier", "fleet", "shipping", "supply chain", "parcel"],
     "examples": ["Home every weekend, late-model trucks, no-touch freight.", "Same-day courier inside the ring road."], "counter_examples": ["Test drive the new wagon. -> automotive"]},
    {"name": "automotive", "tag_type": "industry", "aliases": ["auto_industry", "car_industry"],
     "description": "Cars, motorcycles and bikes with engines: dealers, repair shops, electric vehicles, tires.",
     "keywords": ["car", "dealership", "test drive", "electric vehicle", "ev", "tires", "auto repair", "mechanic", "oil change", "motorcycle", "hybrid", "charging"],
     "examples": ["Winter tires fitted while you wait.", "Test drive the electric wagon this weekend."], "counter_examples": ["CDL drivers for regional runs. -> logistics"]},
    {"name": "fashion", "tag_type": "industry", "aliases": ["apparel", "clothing"],
     "description": "Clothing, shoes, jewelry and accessories.",
     "keywords": ["fashion", "dress", "shoes", "boots", "sneakers", "jacket", "denim", "linen", "jewelry", "handbag", "outfit", "wardrobe", "knitwear", "tailor"],
     "examples": ["Knitwear for people who walk to work.", "The denim jacket, now in ecru."], "counter_examples": ["A serum for dry skin. -> beauty"]},
    {"name": "beauty", "tag_type": "industry", "aliases": ["cosmetics", "skincare"],
     "description": "Skincare, cosmetics, hair, salons and fragrance.",
     "keywords": ["skincare", "skin", "serum", "makeup", "lipstick", "cosmetics", "salon", "hair", "haircut", "fragrance", "spf", "moisturizer", "nails"],
     "examples": ["A sunscreen that does not sting your eyes.", "Fresh cut? Two chairs are free on Friday."], "counter_examples": ["A twenty-minute mobility routine. -> fitness"]},
    {"name": "fitness", "tag_type": "industry", "aliases": ["gyms", "sports_industry"],
     "description": "Gyms, yoga, running, training plans, sports and sportswear in use.",
     "keywords": ["gym", "workout", "yoga", "running", "runner", "training plan", "coach", "marathon", "pilates", "strength", "cycling", "fitness", "sport"],
     "examples": ["Six weeks to your first 10K.", "Open gym until 11 p.m., every day."], "counter_examples": ["Physical therapy after surgery. -> healthcare"]},
    {"name": "travel", "tag_type": "industry", "aliases": ["tourism", "vacation"],
     "description": "Trips and tourism: flights, tours, cruises, beaches, cities, luggage and holidays away from home.",
     "keywords": ["travel", "trip", "flight", "beach", "vacation", "guided tour", "tours", "itinerary", "island", "passport", "luggage", "destination", "road trip"],
     "examples": ["Eleven days, four islands, one backpack.", "Flights to Porto from 49 euros."], "counter_examples": ["Front desk agent, night shift. -> hospitality"]},
    {"name": "nonprofit", "tag_type": "industry", "aliases": ["charity", "ngo"],
     "description": "Charities, foundations, associations, shelters, museums and public-interest groups.",
     "keywords": ["nonprofit", "charity", "charitable", "shelter", "donate", "donation", "volunteer", "association", "museum", "fundraiser", "ngo", "food bank"],
     "examples": ["Every ten dollars is a warm meal.", "The shelter needs foster homes for six puppies."], "counter_examples": ["We donate 1% of sales. -> pride"]},
    {"name": "job_seekers", "tag_type": "audience", "aliases": ["applicants", "candidates"],
     "description": "People looking for work or a better job: applicants, candidates, career changers.",
     "keywords": ["hiring", "apply", "apply now", "resume", "cv", "candidate", "job", "career", "interview", "salary", "vacancy"],
     "examples": ["Send your resume by Friday.", "Tired of your commute? We have three open roles."], "counter_examples": ["Hire your next engineer in nine days. -> executives"]},
    {"name": "small_business_owners", "tag_type": "audience", "aliases": ["entrepreneurs", "freelancers", "smb"],
     "description": "Owners of shops, studios, agencies and one-person companies, freelancers included.",
     "keywords": ["small business", "small firms", "business owner", "shop owners", "freelancer", "invoice", "self-employed", "side hustle", "sole trader", "entrepreneur"],
     "examples": ["Chasing late invoices should not be your evening job.", "For every shop owner who is also the accountant."], "counter_examples": ["Board-ready reports for the CFO. -> executives"]},
    {"name": "developers", "tag_type": "audience", "aliases": ["programmers", "software_engineers"],
     "description": "People who write software: engineers, data people, operations.",
     "keywords": ["developer", "engineer", "api", "sdk", "coding", "github", "python", "typescript", "postgres", "cli", "open source", "docs"],
     "examples": ["One import, and your tests run in parallel.", "The SDK is on GitHub, issues welcome."], "counter_examples": ["Build a website without code. -> small_business_owners"]},
    {"name": "parents", "tag_type": "audience", "aliases": ["moms", "dads", "mums"],
     "description": "Mothers, fathers and families with babies, toddlers or school children.",
     "keywords": ["parents", "mom", "dad", "kids", "baby", "toddler", "families", "daycare", "lunchbox", "stroller"],
     "examples": ["Lunchboxes that survive second grade.", "Strollers half off, naps not included."], "counter_examples": ["Take your puppy to work day. -> pet_owners"]},
    {"name": "students", "tag_type": "audience", "aliases": ["pupils", "undergraduates"],
     "description": "Pupils, college and university students, recent graduates.",
     "keywords": ["student", "campus", "semester", "exam", "graduate", "dorm", "internship", "thesis", "freshman", "scholarship"],
     "examples": ["Finals week? We are open until 2 a.m.", "Show your student ID and save."], "counter_examples": ["Lesson plans for busy teachers. -> teachers"]},
    {"name": "teachers", "tag_type": "audience", "aliases": ["educators"],
     "description": "Teachers, trainers, professors and school staff.",
     "keywords": ["teacher", "classroom", "lesson plan", "educator", "professor", "grading", "school year", "homeroom", "principal"],
     "examples": ["Free lesson plans on tides and the moon.", "Grading done before dinner."], "counter_examples": ["Cheap laptops for your first semester. -> students"]},
    {"name": "marketers", "tag_type": "audience", "aliases": ["marketing_teams", "marketing_people"],
     "description": "Marketing, brand, social media, content and growth people, agencies.",
     "keywords": ["marketer", "marketing", "campaign", "seo", "open rate", "ad spend", "brand awareness", "content calendar", "newsletter", "agency", "conversion", "click-through"],
     "examples": ["Your content calendar, filled before Monday.", "Why open rates lie, and what to watch instead."], "counter_examples": ["Quarterly numbers the board will read. -> executives"]},
    {"name": "executives", "tag_type": "audience", "aliases": ["decision_makers", "c_level", "c_suite"],
     "description": "Leaders with budgets: founders of larger firms, C-level, directors, heads of department, HR leaders.",
     "keywords": ["executive", "ceo", "cfo", "cto", "leadership", "leaders", "board meeting", "enterprise", "strategy", "decision makers", "hr leaders"],
     "examples": ["What 300 CFOs cut first.", "A one-page brief for your next board meeting."], "counter_examples": ["Send your first invoice in two minutes. -> small_business_owners"]},
    {"name": "home_buyers", "tag_type": "audience", "aliases": ["house_hunters", "renters", "first_time_buyers"],
     "description": "People looking to buy or rent a home.",
     "keywords": ["home buyer", "first-time buyer", "down payment", "open house", "bedrooms", "move-in ready", "mortgage", "renters", "for rent", "for sale", "dream home"],
     "examples": ["Move-in ready, five minutes from the train.", "First-time buyer? Start with this checklist."], "counter_examples": ["Paint your hallway in a weekend. -> homeowners"]},
    {"name": "homeowners", "tag_type": "audience", "aliases": ["house_owners", "hobby_gardeners"],
     "description": "People who live in and look after their own house or garden.",
     "keywords": ["homeowner", "garden", "gardening", "renovate", "renovation", "roof", "kitchen remodel", "gutters", "lawn", "heating", "solar panels", "diy", "home improvement"],
     "examples": ["Clean the gutters before the first frost.", "What a heat pump costs in an old house."], "counter_examples": ["Two-bedroom condo, open house Sunday. -> home_buyers"]},
    {"name": "pet_owners", "tag_type": "audience", "aliases": ["dog_owners", "cat_owners", "pet_parents"],
     "description": "People with dogs, cats and other animals at home.",
     "keywords": ["dog", "puppy", "cat", "kitten", "pet", "vet", "leash", "treats", "litter", "paws"],
     "examples": ["A raincoat for dogs who hate raincoats.", "Why your cat ignores the expensive bed."], "counter_examples": ["Toddler-proof your stairs. -> parents"]},
    {"name": "bargain_hunters", "tag_type": "audience", "aliases": ["deal_seekers", "shoppers"],
     "description": "Shoppers who look for the best price: deals, coupons, outlet, clearance.",
     "keywords": ["deal", "discount", "coupon", "promo code", "clearance", "half price", "cheap", "bargain", "outlet", "lowest price", "free shipping", "sale"],
     "examples": ["Last sizes, half price.", "Stack the coupon with free shipping."], "counter_examples": ["A numbered edition for members only. -> exclusivity"]},
    {"name": "travelers", "tag_type": "audience", "aliases": ["tourists", "travellers", "holidaymakers"],
     "description": "People planning or taking a trip, for pleasure or work.",
     "keywords": ["traveler", "traveling", "passengers", "backpackers", "tourists", "business travel", "itinerary", "boarding", "jet lag", "getaway", "weekend trip"],
     "examples": ["What to pack for eleven days in one bag.", "Landing late? Check in by phone."], "counter_examples": ["Things to do in your own neighborhood. -> local_residents"]},
    {"name": "healthcare_professionals", "tag_type": "audience", "aliases": ["medical_staff", "clinicians"],
     "description": "Nurses, doctors, dentists, therapists, caregivers and practice managers.",
     "keywords": ["nurse", "rn", "physician", "dentists", "therapists", "caregiver", "clinicians", "medical staff", "practice manager", "scrubs"],
     "examples": ["Twelve-hour shifts deserve better shoes.", "Charting in half the clicks."], "counter_examples": ["Book your checkup online. -> local_residents"]},
    {"name": "fitness_enthusiasts", "tag_type": "audience", "aliases": ["athletes", "sporty_people"],
     "description": "People who train: runners, cyclists, lifters, yogis, hikers.",
     "keywords": ["runner", "cyclists", "lifters", "hikers", "athletes", "marathon", "personal best", "trail run", "workout", "gym", "reps"],
     "examples": ["Your long run starts with dry socks.", "Three drills for a stronger squat."], "counter_examples": ["Grab a chair, happy hour starts at five. -> local_residents"]},
    {"name": "existing_customers", "tag_type": "audience", "aliases": ["current_customers", "loyal_customers"],
     "description": "Current customers, members, subscribers and app users with an account.",
     "keywords": ["your account", "subscribers", "subscription", "our customers", "our users", "your plan", "loyalty program", "reward points", "app update", "account settings", "billing", "member benefits"],
     "examples": ["Members get early access from Thursday.", "Update your app to see the new map."], "counter_examples": ["New here? Your first class is free. -> bargain_hunters"]},
    {"name": "local_residents", "tag_type": "audience", "aliases": ["townspeople", "neighborhood_residents"],
     "description": "Neighbors and regulars of one town or quarter.",
     "keywords": ["neighborhood", "neighbors", "downtown", "main street", "our town", "locals", "around the corner", "city hall", "farmers market", "around here"],
     "examples": ["Rain or shine, the farmers market is on.", "Neighbors, the bridge is closed until May."], "counter_examples": ["Flights to Porto from 49 euros. -> travelers"]},
    {"name": "excitement", "tag_type": "emotion", "aliases": ["enthusiasm", "hype"],
     "description": "High energy and anticipation: can''t wait, finally here, thrilled.",
     "keywords": ["excited", "exciting", "thrilled", "can''t wait", "finally here", "it''s here", "big news", "stoked", "woohoo", "get ready"],
     "examples": ["It''s finally here!", "We can''t wait to show you this."], "counter_examples": ["Only three left, order now. -> urgency"]},
    {"name": "urgency", "tag_type": "emotion", "aliases": ["scarcity", "time_pressure"],
     "description": "Pressure of time or stock: deadline, last chance, final hours, limited spots, ending tonight.",
     "keywords": ["last chance", "hurry", "ends tonight", "ends today", "ends sunday", "final hours", "today only", "limited spots", "limited stock", "while supplies last", "deadline", "act now", "countdown"],
     "examples": ["Ends tonight at midnight.", "Four seats left."], "counter_examples": ["We can''t wait for Saturday! -> excitement"]},
    {"name": "trust", "tag_type": "emotion", "aliases": ["credibility", "reassurance", "confidence"],
     "description": "Reassurance and credibility: guarantees, safety, expertise, honesty.",
     "keywords": ["trusted", "trust", "guarantee", "guaranteed", "certified", "money-back", "secure", "reliable", "honest", "proven", "licensed", "insured", "warranty"],
     "examples": ["30 days to change your mind, no questions.", "Licensed, insured, on time."], "counter_examples": ["Thank you for ten years with us. -> gratitude"]},
    {"name": "joy", "tag_type": "emotion", "aliases": ["happiness", "delight"],
     "description": "Happiness, celebration and delight.",
     "keywords": ["happy", "happiness", "joy", "delight", "delighted", "celebrate", "celebration", "smile", "cheers", "laughter"],
     "examples": ["Nothing beats a full table on a Sunday.", "Small things that make us smile."], "counter_examples": ["We won the award! -> pride"]},
    {"name": "pride", "tag_type": "emotion", "aliases": ["achievement"],
     "description": "Being proud of an achievement, a team or a craft.",
     "keywords": ["proud", "pride", "honored", "award", "achievement", "milestone", "we did it", "accomplished", "recognized", "record-breaking"],
     "examples": ["Proud of this team.", "We did it: 10,000 repairs."], "counter_examples": ["Thank you for your votes. -> gratitude"]},
    {"name": "gratitude", "tag_type": "emotion", "aliases": ["thankfulness", "appreciation"],
     "description": "Saying thank you to customers, team, guests or partners.",
     "keywords": ["thank you", "thanks", "grateful", "gratitude", "appreciate", "thankful", "thanks to you", "owe you"],
     "examples": ["Thank you for ten years with us.", "None of this without you."], "counter_examples": ["Proud of our new factory. -> pride"]},
    {"name": "curiosity", "tag_type": "emotion", "aliases": ["intrigue", "teaser"],
     "description": "A teaser that makes people want to know more: secrets, hints, surprises.",
     "keywords": ["guess", "guess what", "secret", "surprise", "curious", "ever wondered", "wonder", "what if", "sneak peek", "hint", "stay tuned", "mystery"],
     "examples": ["Something is growing behind this door.", "Ever wondered what happens to returned shoes?"], "counter_examples": ["How to patch a tire in five steps. -> how_to"]},
    {"name": "nostalgia", "tag_type": "emotion", "aliases": ["throwback", "retro"],
     "description": "Looking back warmly: childhood, old times, throwbacks, family recipes.",
     "keywords": ["remember", "remember when", "throwback", "tbt", "old days", "childhood", "grandmother", "grandfather", "back then", "vintage", "memories", "decades"],
     "examples": ["Remember the smell of your grandmother''s hallway?", "Throwback to our first van."], "counter_examples": ["Founded in 1998, 40 employees. -> trust"]},
    {"name": "empathy", "tag_type": "emotion", "aliases": ["compassion", "understanding_tone"],
     "description": "Compassion for worry, grief or stress: comfort, listening, mental health, gentle support.",
     "keywords": ["you are not alone", "we hear you", "mental health", "grief", "loneliness", "anxiety", "struggling", "comfort", "compassion", "tough times", "be kind", "self-care"],
     "examples": ["Some mornings are heavy. We get it.", "Grief has no schedule, and neither do we."], "counter_examples": ["Fed up with slow laptops? -> frustration"]},
    {"name": "frustration", "tag_type": "emotion", "aliases": ["pain_point", "annoyance"],
     "description": "Naming a pain the reader knows: annoyed, fed up, tired of, wasted hours.",
     "keywords": ["tired of", "fed up", "sick of", "frustrated", "frustrating", "annoying", "headache", "wasting", "wasted", "struggle", "nightmare", "no more", "stop losing"],
     "examples": ["Fed up with calling three times?", "No more Sunday nights in spreadsheets."], "counter_examples": ["Some mornings are heavy. We get it. -> empathy"]},
    {"name": "inspiration", "tag_type": "emotion", "aliases": ["motivation", "encouragement"],
     "description": "Encouragement to start, dream, grow or keep going.",
     "keywords": ["dream", "inspire", "inspired", "inspiring", "believe", "you can do it", "keep going", "courage", "start today", "anything is possible", "imagine", "never give up"],
     "examples": ["You do not need a plan. You need a first page.", "Start where you are."], "counter_examples": ["Get ready, doors open at six! -> excitement"]},
    {"name": "humor", "tag_type": "emotion", "aliases": ["funny", "playful"],
     "description": "Jokes, puns, irony and playful exaggeration.",
     "keywords": ["joke", "funny", "lol", "pun", "kidding", "just kidding", "oops", "plot twist", "asking for a friend", "meme"],
     "examples": ["Our coffee is stronger than your Wi-Fi.", "Plot twist: the intern was right."], "counter_examples": ["Small things that make us smile. -> joy"]},
    {"name": "exclusivity", "tag_type": "emotion", "aliases": ["vip", "luxury"],
     "description": "For a chosen few: members only, invitation, limited edition, early access, VIP.",
     "keywords": ["exclusive", "exclusively", "members only", "invitation only", "invite-only", "limited edition", "early access", "vip", "numbered", "private sale", "insiders", "handpicked"],
     "examples": ["Two hundred numbered bottles.", "Early access for members from Thursday."], "counter_examples": ["Only today: 20% off. -> urgency"]},
    {"name": "serenity", "tag_type": "emotion", "aliases": ["calm_mood", "coziness", "relaxation"],
     "description": "Quiet, slow, restful and cozy moods.",
     "keywords": ["calm", "quiet", "relax", "relaxing", "unwind", "peaceful", "breathe", "cozy", "gentle", "stillness", "rest", "serene"],
     "examples": ["A quiet room, a warm cup, nothing else.", "Breathe out. The weekend is here."], "counter_examples": ["Guaranteed safe payments. -> trust"]},
    {"name": "open_question", "tag_type": "format", "aliases": ["audience_question"],
     "description": "A question to the audience stands at the center: rhetorical, trivia, riddle or opinion.",
     "keywords": ["ever wondered", "what do you think", "question of the day", "trivia", "quiz", "riddle", "guess", "your opinion", "agree or disagree", "which one"],
     "examples": ["Which one would you pick?", "When did you last take a real lunch break?"], "counter_examples": ["Vote A or B below. -> poll"]},
    {"name": "poll", "tag_type": "format", "aliases": ["voting", "this_or_that"],
     "description": "The reader picks between given options: vote, A or B, this or that.",
     "keywords": ["poll", "vote", "vote below", "cast your vote", "this or that", "a or b", "option a", "option b", "pick one", "team a", "yes or no"],
     "examples": ["A: window. B: aisle. Vote below.", "This or that: cone or cup?"], "counter_examples": ["What do you think of our new logo? -> open_question"]},
    {"name": "how_to", "tag_type": "format", "aliases": ["tutorial", "instructions", "step_by_step"],
     "description": "Instructions in steps that let the reader do something.",
     "keywords": ["how to", "step 1", "step 2", "step one", "step by step", "in three steps", "here''s how", "follow these steps", "tutorial", "instructions"],
     "examples": ["Step 1: water from below.", "Here''s how to patch a tire in the rain."], "counter_examples": ["Seven books we loved this year. -> listicle"]},
    {"name": "listicle", "tag_type": "format", "aliases": ["list_post", "checklist"],
     "description": "Several numbered or bulleted points, tips or items.",
     "keywords": ["top 5", "top 10", "three things", "five things", "3 tips", "5 tips", "five tips", "five mistakes", "three reasons", "reasons why", "checklist", "things to", "ways to"],
     "examples": ["Five things we learned from 400 returns.", "1. Rest 2. Water 3. Salt"], "counter_examples": ["Step 1: loosen the bolt. -> how_to"]},
    {"name": "announcement", "tag_type": "format", "aliases": ["breaking_news", "news_item"],
     "description": "News stated up front: announcing, introducing, big news, we are opening.",
     "keywords": ["announcing", "announce", "announcement", "we''re opening", "big news", "introducing", "now open", "starting today", "as of today", "from today", "it''s official"],
     "examples": ["It''s official: we are moving to Mill Street.", "Starting today, we deliver on Sundays."], "counter_examples": ["Two days left to register. -> reminder"]},
    {"name": "quotation", "tag_type": "format", "aliases": ["customer_quote", "pull_quote"],
     "description": "Someone''s words in quotation marks, with or without a name.",
     "keywords": ["said", "in her words", "in his words", "in their words", "as our founder says", "as my boss said", "quote", "quoted"],
     "examples": ["\"It just works.\" Dana, baker", "As my first boss said: measure, then cut."], "counter_examples": ["How Dana''s bakery doubled orders. -> storytelling"]},
    {"name": "storytelling", "tag_type": "format", "aliases": ["narrative", "brand_narrative"],
     "description": "Narrative post with a character, a moment and a turn: anecdote, memory, confession, journey.",
     "keywords": ["once upon a time", "years ago", "it all started", "true story", "anecdote", "plot twist", "chapter", "confession", "journey", "that night", "one rainy morning", "ever since"],
     "examples": ["It started with one oven and a borrowed ladder.", "Years ago a customer called at midnight."], "counter_examples": ["\"It just works.\" Dana, baker -> quotation"]},
    {"name": "statistic", "tag_type": "format", "aliases": ["data_point", "key_figure"],
     "description": "A number or data point carries the message.",
     "keywords": ["percent", "survey", "surveyed", "on average", "out of 10", "in 10", "one in three", "two thirds", "doubled", "tripled", "year over year", "data shows", "median"],
     "examples": ["64% of shops plan to cut delivery options.", "One in three returns is a size problem."], "counter_examples": ["Save 20% this weekend. -> bargain_hunters"]},
    {"name": "reminder", "tag_type": "format", "aliases": ["nudge", "save_the_date"],
     "description": "Nudge about a date or deadline announced earlier: save the date, days left, last call.",
     "keywords": ["reminder", "friendly reminder", "don''t forget", "last call", "days left", "calendar reminder", "mark your calendar", "save the date", "due date"],
     "examples": ["Don''t forget: doors open at six tomorrow.", "Three days left to send your photos."], "counter_examples": ["It''s official: we are moving. -> announcement"]},
    {"name": "behind_the_scenes", "tag_type": "format", "aliases": ["bts", "making_of", "backstage"],
     "description": "A look at how things are made or what happens backstage.",
     "keywords": ["behind the scenes", "backstage", "how it''s made", "workshop tour", "making of", "work in progress", "studio tour", "factory tour", "rehearsal", "sneak peek", "before opening hours"],
     "examples": ["5 a.m. in the bakery, before the lights go on.", "How we dye one meter of indigo cloth."], "counter_examples": ["How to dye cloth at home. -> how_to"]},
    {"name": "comparison", "tag_type": "format", "aliases": ["versus", "pros_and_cons"],
     "description": "Two or more options set side by side: versus, better than, differences.",
     "keywords": ["vs", "versus", "compared", "compare", "comparison", "difference between", "side by side", "instead of", "pros and cons", "or should you"],
     "examples": ["Lease or buy? The numbers side by side.", "Wool versus down: which one for rain?"], "counter_examples": ["Cone or cup? Vote below. -> poll"]},
    {"name": "before_and_after", "tag_type": "format", "aliases": ["transformation", "then_and_now"],
     "description": "A change shown as two states: before and after, then and now.",
     "keywords": ["before and after", "before & after", "then and now", "transformation", "makeover", "glow-up", "unrecognizable", "restored", "renovated", "swipe"],
     "examples": ["Swipe to see the same kitchen, eleven days apart.", "Before: 40 spreadsheets. After: one."], "counter_examples": ["Wool versus down. -> comparison"]},
    {"name": "call_to_action", "tag_type": "format", "aliases": ["cta"],
     "description": "Direct request for a next step: apply, book, register, order, download, subscribe.",
     "keywords": ["apply now", "book now", "book online", "sign up", "register", "shop now", "order now", "download", "learn more", "link in bio", "rsvp", "subscribe", "enroll"],
     "examples": ["Book your table, link in bio.", "Download the guide."], "counter_examples": ["Which one would you pick? -> open_question"]},
    {"name": "press_release", "tag_type": "format", "aliases": ["media_release", "news_release"],
     "description": "Formal news text with city, date line, company boilerplate and media contact.",
     "keywords": ["press release", "for immediate release", "media contact", "about the company", "press contact", "newsroom", "announced today", "headquartered in", "spokesperson", "investor relations"],
     "examples": ["BERLIN, May 3. The company announced today ...", "Media contact: press@example.com"], "counter_examples": ["It''s official: we are moving! -> announcement"]},
    {"name": "faq", "tag_type": "format", "aliases": ["q_and_a", "questions_and_answers"],
     "description": "Frequent questions with their answers.",
     "keywords": ["faq", "frequently asked", "you asked", "your questions", "your questions answered", "ask us anything", "common questions", "q&a"],
     "examples": ["Q: Can I pause? A: Any time.", "You asked, we answer: shipping to islands."], "counter_examples": ["Which one would you pick? -> open_question"]}
  ],
  "rules": [
    {"name": "internships and graduate programs", "rule_type": "categorization", "priority": 95,
     "conditions": {"matches_regex": "\\b(internships?|apprenticeships?|graduate (program|scheme)|working students?)\\b", "any": [{"matches_regex": "\\b(apply|applications?|applicants?|send us your (cv|resume))\\b"}, {"contains_phrase": "now open"}]},
     "actions": {"add_category": "early_careers"}},
    {"name": "we''re hiring", "rule_type": "categorization", "priority": 90,
     "conditions": {"any": [{"matches_regex": "\\b(we''re|we are|now) (now |currently |still |also )?hiring\\b"}, {"contains_phrase": "apply now", "matches_regex": "\\b(per hour|an hour|full[- ]time|part[- ]time|salary|sign[- ]on bonus)\\b"}], "max_word_count": 80, "not": {"matches_regex": "\\b(internships?|apprenticeships?|graduate (program|scheme)|working students?|courses?|webinars?)\\b"}},
     "actions": {"add_category": "job_opening"}},
    {"name": "register for the webinar", "rule_type": "categorization", "priority": 80,
     "conditions": {"matches_regex": "\\bwebinars?\\b", "max_word_count": 100, "any": [{"matches_regex": "\\b(register|registration|sign up|join us|join the)\\b"}, {"matches_regex": "\\b(save|reserve|claim) your (seat|spot|place)\\b"}]},
     "actions": {"add_category": "webinar"}},
    {"name": "enter to win", "rule_type": "categorization", "priority": 70,
     "conditions": {"any": [{"contains_phrase": ["enter to win", "chance to win"]}, {"contains_keyword": "giveaway", "matches_regex": "\\b(enter|win|wins|prizes?|tag)\\b"}]},
     "actions": {"add_category": "giveaway"}},
    {"name": "start your free trial", "rule_type": "categorization", "priority": 65,
     "conditions": {"any": [{"contains_phrase": "free trial", "matches_regex": "\\b(start|begin|get|claim|grab|activate|sign up)\\b"}, {"matches_regex": "\\b[0-9]{1,2}[- ]day free trial\\b"}], "not": {"contains_keyword": "clinical"}},
     "actions": {"add_category": "free_trial"}},
    {"name": "use code at checkout", "rule_type": "categorization", "priority": 60,
     "conditions": {"matches_regex": "\\b(use|with|enter) (the |our |this )?((promo|discount|coupon) )?code:? [a-z0-9]{3,20}\\b", "any": [{"matches_regex": "\\b(off|save|discount|half price)\\b"}, {"matches_regex": "\\bfree (shipping|delivery)\\b"}], "not": {"matches_regex": "\\b(tickets?|webinars?|conference|giveaway|raffle)\\b"}},
     "actions": {"add_category": "offer"}},
    {"name": "last chance is urgent", "rule_type": "tagging", "priority": 50,
     "conditions": {"any": [{"matches_regex": "\\b(last chance|final hours|today only|while (supplies|stocks) last)\\b"}, {"matches_regex": "\\bends? (tonight|today|tomorrow|at midnight|this (friday|saturday|sunday|weekend))\\b"}, {"matches_regex": "\\bonly [0-9]{1,3} ((spots|seats|places|tickets) )?left\\b"}]},
     "actions": {"add_tags": ["urgency"]}},
    {"name": "vacancies speak to job seekers", "rule_type": "tagging", "priority": 40,
     "conditions": {"category": ["job_opening", "recruitment"]},
     "actions": {"set_audience": "job_seekers"}}
  ]
}');

-- twins/acting_machine.sql
-- twin of: private.acting_machine
-- A row while our own code or one of these triggers writes labels; every other write is a person's.
-- Written and deleted inside one transaction, so that no other program ever sees it.
create table acting (
    actor text not null
) strict;

-- twins/approvals.sql
-- twin of: private.tg__stamp_approval, private.tg__reset_approval, private.tg__record_approval,
--   private.tg_content_assets__reset_posts, public.content_assets._660_reset_posts,
--   private.tg_social_posts__hold_unapproved, public.content_assets._250_stamp_approval,
--   public.content_assets._260_reset_approval, public.content_assets._650_record_approval,
--   public.social_posts._250_stamp_approval, public.social_posts._260_reset_approval,
--   public.social_posts._270_hold_unapproved, public.social_posts._650_record_approval
create trigger content_assets__record_approval
after update of approval, approval_rule on content_assets
when new.approval is not old.approval or new.approval_rule is not old.approval_rule
begin
    update content_assets
    set
        approval_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
        approval_by = null,
        approval_rule = case when exists (select 1 from acting) then new.approval_rule end
    where id = new.id;
    insert into approvals (workspace_id, content_asset_id, previous_approval, approval, rule, note)
    select workspace_id, id, old.approval, approval, approval_rule, approval_note
    from content_assets
    where id = new.id;
    -- what waited for a person may be scheduled now
    insert into acting (actor)
    select 'schedule'
    where
        new.approval = 'approved'
        and new.label_state <> 'queued'
        and not exists (select 1 from acting)
        and exists (
            select 1
            from automation_rules
            where workspace_id = new.workspace_id and rule_type = 'scheduling' and enabled
        );
    update content_assets
    set label_state = 'queued'
    where id = new.id and exists (select 1 from acting where actor = 'schedule');
    insert into queue_job (workspace_id, kind, target_id)
    select new.workspace_id, 'categorize_content', new.id
    from acting
    where actor = 'schedule';
    delete from acting where actor = 'schedule';
end;

create trigger content_assets__reset_approval
after update of content, prompt, alt_text, file_path, file_url on content_assets
when
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is not (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
begin
    -- so that the rule that decided stays named
    insert into acting (actor) values ('reset');
    update content_assets
    set approval = 'required', approval_note = 'changed since it was ' || old.approval
    where id = new.id;
    delete from acting where actor = 'reset';
end;

create trigger content_assets__reset_posts
after update of content, prompt, alt_text, file_path, file_url on content_assets
when
    (old.content, old.prompt, old.alt_text, old.file_path, old.file_url)
    is not (new.content, new.prompt, new.alt_text, new.file_path, new.file_url)
begin
    update social_posts
    set approval = 'required', approval_note = 'its content changed since it was ' || approval
    where
        workspace_id = new.workspace_id
        and content_asset_id = new.id
        and approval in ('approved', 'rejected')
        and status in ('scheduled', 'failed');
end;

create trigger social_posts__record_approval
after update of approval, approval_rule on social_posts
when new.approval is not old.approval or new.approval_rule is not old.approval_rule
begin
    update social_posts
    set
        approval_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
        approval_by = null,
        approval_rule = case when exists (select 1 from acting) then new.approval_rule end
    where id = new.id;
    insert into approvals (workspace_id, social_post_id, previous_approval, approval, rule, note)
    select workspace_id, id, old.approval, approval, approval_rule, approval_note
    from social_posts
    where id = new.id;
end;

create trigger social_posts__reset_approval
after update of post_text, media_urls, hashtags, mentions, content_asset_id on social_posts
when
    old.approval in ('approved', 'rejected')
    and new.approval = old.approval
    and (old.post_text, old.media_urls, old.hashtags, old.mentions, old.content_asset_id)
    is not (new.post_text, new.media_urls, new.hashtags, new.mentions, new.content_asset_id)
begin
    insert into acting (actor) values ('reset');
    update social_posts
    set approval = 'required', approval_note = 'changed since it was ' || old.approval
    where id = new.id;
    delete from acting where actor = 'reset';
end;

create trigger social_posts__hold_unapproved_insert
before insert on social_posts
when
    new.status <> 'deleted'
    and (new.scheduled_time is not null or new.posted_time is not null or new.status = 'posted')
begin
    select raise(
        abort,
        'a post cannot be scheduled or posted while the post is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    where new.approval in ('required', 'rejected');
    select raise(
        abort,
        'a post cannot be scheduled or posted while its content is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    from content_assets
    where
        workspace_id = new.workspace_id
        and id = new.content_asset_id
        and approval in ('required', 'rejected');
end;

create trigger social_posts__hold_unapproved_update
before update of scheduled_time, posted_time, status, content_asset_id on social_posts
when
    new.status <> 'deleted'
    and (new.scheduled_time is not null or new.posted_time is not null or new.status = 'posted')
    and (new.scheduled_time, new.posted_time, new.status, new.content_asset_id)
    is not (old.scheduled_time, old.posted_time, old.status, old.content_asset_id)
begin
    select raise(
        abort,
        'a post cannot be scheduled or posted while the post is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    where new.approval in ('required', 'rejected');
    select raise(
        abort,
        'a post cannot be scheduled or posted while its content is not approved; Approve it first; until then leave scheduled_time empty.'
    )
    from content_assets
    where
        workspace_id = new.workspace_id
        and id = new.content_asset_id
        and approval in ('required', 'rejected');
end;

-- twins/automation_rules__name_tags.sql
-- twin of: private.tg_automation_rules__name_tags, public.automation_rules._500_name_tags
create trigger automation_rules__name_tags_insert
after insert on automation_rules
when new.enabled
begin
    insert into resolve_tags (workspace_id, names)
    select
        new.workspace_id,
        case json_type(new.actions, '$.add_tags')
            when 'array' then json_extract(new.actions, '$.add_tags')
            else json_array(json_extract(new.actions, '$.add_tags'))
        end
    where json_type(new.actions, '$.add_tags') in ('array', 'text');
    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(json_extract(new.actions, '$.set_audience')), 'audience'
    where json_type(new.actions, '$.set_audience') = 'text';
    select raise(abort, 'a rule sets a target audience that is a tag of another type; name a tag of type audience')
    from resolve_tags
    inner join tags on tags.name = json_extract(resolve_tags.resolved, '$[0]')
    where
        resolve_tags.new_tag_type = 'audience'
        and tags.workspace_id = new.workspace_id
        and tags.tag_type is not 'audience';
    delete from resolve_tags;
end;

create trigger automation_rules__name_tags_update
after update of actions, enabled on automation_rules
when new.enabled
begin
    -- a rename that passes through, and a rule that is switched on, ask for no tag that was removed
    insert into resolve_tags (workspace_id, names, asked)
    select
        new.workspace_id,
        case json_type(new.actions, '$.add_tags')
            when 'array' then json_extract(new.actions, '$.add_tags')
            else json_array(json_extract(new.actions, '$.add_tags'))
        end,
        not exists (select 1 from acting) and new.actions is not old.actions
    where json_type(new.actions, '$.add_tags') in ('array', 'text');
    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(json_extract(new.actions, '$.set_audience')), 'audience'
    where json_type(new.actions, '$.set_audience') = 'text';
    select raise(abort, 'a rule sets a target audience that is a tag of another type; name a tag of type audience')
    from resolve_tags
    inner join tags on tags.name = json_extract(resolve_tags.resolved, '$[0]')
    where
        resolve_tags.new_tag_type = 'audience'
        and tags.workspace_id = new.workspace_id
        and tags.tag_type is not 'audience'
        -- a tag that got another type since stops neither its rename nor other edits of the rule
        and not exists (select 1 from acting)
        and json_extract(new.actions, '$.set_audience') is not json_extract(old.actions, '$.set_audience');
    delete from resolve_tags;
end;

-- twins/automation_rules__validate.sql
-- twin of: private.tg_automation_rules__validate, public.automation_rules._200_validate
-- As far as a trigger can read a rule here: the store checks all of it, and skips one that it cannot read.
create trigger automation_rules__validate_insert
before insert on automation_rules
begin
    select raise(abort, 'conditions and actions of a rule must be JSON objects')
    where
        case when json_valid(new.conditions) then json_type(new.conditions) else '' end <> 'object'
        or case when json_valid(new.actions) then json_type(new.actions) else '' end <> 'object';
    select raise(abort, 'a rule files content under a category that this workspace does not have')
    where
        not exists (
            select 1
            from categories
            where
                workspace_id = new.workspace_id
                and name = coalesce(
                    json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category')
                )
        )
        and coalesce(json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category'))
        is not null;
    select raise(abort, 'a rule names a webhook that this workspace does not have')
    where
        json_extract(new.actions, '$.webhook') is not null
        and not exists (
            select 1
            from webhook_endpoints
            where workspace_id = new.workspace_id and name = json_extract(new.actions, '$.webhook')
        );
end;

create trigger automation_rules__validate_update
before update of rule_type, conditions, actions on automation_rules
begin
    select raise(abort, 'conditions and actions of a rule must be JSON objects')
    where
        case when json_valid(new.conditions) then json_type(new.conditions) else '' end <> 'object'
        or case when json_valid(new.actions) then json_type(new.actions) else '' end <> 'object';
    select raise(abort, 'a rule files content under a category that this workspace does not have')
    where
        -- one that went away since does not stop other edits of the rule
        coalesce(json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category'))
        is not coalesce(json_extract(old.actions, '$.add_category'), json_extract(old.actions, '$.category'))
        and not exists (
            select 1
            from categories
            where
                workspace_id = new.workspace_id
                and name = coalesce(
                    json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category')
                )
        )
        and coalesce(json_extract(new.actions, '$.add_category'), json_extract(new.actions, '$.category'))
        is not null;
    select raise(abort, 'a rule names a webhook that this workspace does not have')
    where
        json_extract(new.actions, '$.webhook') is not null
        and not exists (
            select 1
            from webhook_endpoints
            where workspace_id = new.workspace_id and name = json_extract(new.actions, '$.webhook')
        );
end;

-- twins/bump_vocabulary.sql
-- twin of: private.tg__bump_vocabulary, public.categories._600_bump_vocabulary_insert,
--   public.categories._600_bump_vocabulary_update, public.categories._600_bump_vocabulary_delete,
--   public.tags._600_bump_vocabulary_insert, public.tags._600_bump_vocabulary_update,
--   public.tags._600_bump_vocabulary_delete
create trigger categories__bump_vocabulary_insert
after insert on categories
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger categories__bump_vocabulary_update
after update of name, parent_id, description, keywords, examples, counter_examples, aliases, manual_only on categories
when
    (
        new.name, new.parent_id, new.description, new.keywords, new.examples,
        new.counter_examples, new.aliases, new.manual_only
    )
    is not (
        old.name, old.parent_id, old.description, old.keywords, old.examples,
        old.counter_examples, old.aliases, old.manual_only
    )
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger categories__bump_vocabulary_delete
after delete on categories
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = old.workspace_id;
end;
create trigger tags__bump_vocabulary_insert
after insert on tags
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger tags__bump_vocabulary_update
after update of name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, manual_only on tags
when
    (
        new.name, new.tag_type, new.tag_group, new.description, new.keywords,
        new.examples, new.counter_examples, new.aliases, new.manual_only
    )
    is not (
        old.name, old.tag_type, old.tag_group, old.description, old.keywords,
        old.examples, old.counter_examples, old.aliases, old.manual_only
    )
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = new.workspace_id;
end;

create trigger tags__bump_vocabulary_delete
after delete on tags
begin
    update workspaces set vocabulary_version = vocabulary_version + 1 where id = old.workspace_id;
end;

-- twins/campaigns__enqueue.sql
-- twin of: private.tg_campaigns__enqueue, private.campaign_text, public.campaigns._500_enqueue
create trigger campaigns__enqueue_insert
after insert on campaigns
begin
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_campaign', new.id);
end;

-- also what private.tg_campaigns__mark_human does to label_state
create trigger campaigns__enqueue_update
after update of name, content_style, visual_style, hashtag_strategy, cta_pattern on campaigns
when
    nullif(
        substr(
            case when trim(new.name, char(32, 9, 10, 13)) <> '' then char(10) || new.name else '' end
            || case when trim(new.content_style, char(32, 9, 10, 13)) <> '' then char(10) || new.content_style else '' end
            || case when trim(new.visual_style, char(32, 9, 10, 13)) <> '' then char(10) || new.visual_style else '' end
            || case when trim(new.hashtag_strategy, char(32, 9, 10, 13)) <> '' then char(10) || new.hashtag_strategy else '' end
            || case when trim(new.cta_pattern, char(32, 9, 10, 13)) <> '' then char(10) || new.cta_pattern else '' end,
            2
        ),
        ''
    )
    is not
    nullif(
        substr(
            case when trim(old.name, char(32, 9, 10, 13)) <> '' then char(10) || old.name else '' end
            || case when trim(old.content_style, char(32, 9, 10, 13)) <> '' then char(10) || old.content_style else '' end
            || case when trim(old.visual_style, char(32, 9, 10, 13)) <> '' then char(10) || old.visual_style else '' end
            || case when trim(old.hashtag_strategy, char(32, 9, 10, 13)) <> '' then char(10) || old.hashtag_strategy else '' end
            || case when trim(old.cta_pattern, char(32, 9, 10, 13)) <> '' then char(10) || old.cta_pattern else '' end,
            2
        ),
        ''
    )
begin
    update campaigns set label_state = 'queued' where id = new.id;
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_campaign', new.id);
end;

-- twins/campaigns__mark_human.sql
-- twin of: private.tg_campaigns__mark_human, private.tg_campaigns__record_human,
--   public.campaigns._200_mark_human, public.campaigns._600_record_human
create trigger campaigns__mark_human_insert
after insert on campaigns
when
    not exists (select 1 from acting)
    and (
        new.primary_category is not null or new.category_source is not null or new.confirmed_at is not null
        or new.label_state <> 'queued'
    )
begin
    -- also for programs that leave foreign keys off
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    update campaigns
    set
        label_state = 'queued',
        category_source = case when new.primary_category is not null then 'human' end,
        confirmed_at = case
            when new.primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end
    where id = new.id;
    insert into record_human
    select new.workspace_id, null, new.id, 'category', new.primary_category, null
    where new.primary_category is not null;
end;

create trigger campaigns__mark_human_update
after update of primary_category on campaigns
when
    not exists (select 1 from acting)
    and new.primary_category is not old.primary_category
    -- the old name is gone: its category was renamed and this is the cascade, not a correction
    and (
        old.primary_category is null
        or exists (
            select 1
            from categories
            where workspace_id = old.workspace_id and name = old.primary_category
        )
    )
begin
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    update campaigns
    set
        category_source = 'human',
        confirmed_at = case
            when new.primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end,
        label_state = case
            when label_state = 'queued' then 'queued'
            when new.primary_category is null then 'review'
            else 'labeled'
        end
    where id = new.id;
    insert into record_human
    values (new.workspace_id, null, new.id, 'category', new.primary_category, old.primary_category);
end;

-- twins/categories__two_levels.sql
-- twin of: private.tg_categories__two_levels, public.categories._200_two_levels
create trigger categories__two_levels_insert
after insert on categories
when exists (select 1 from categories where id = new.parent_id and parent_id is not null)
begin
    select raise(
        abort,
        'a category would be on a third level; categories have two: give it a parent that has no parent itself'
    );
end;

create trigger categories__two_levels_update
after update of parent_id on categories
when
    new.parent_id is not null
    and (
        exists (select 1 from categories where id = new.parent_id and parent_id is not null)
        or exists (select 1 from categories where parent_id = new.id)
    )
begin
    select raise(
        abort,
        'a category would be on a third level; categories have two: give it a parent that has no parent itself'
    );
end;

-- twins/check_references.sql
-- twin of: public.automation_rules.automation_rules_workspace_id_fkey,
--   public.campaigns.campaigns_workspace_id_fkey,
--   public.categories.categories_workspace_id_fkey,
--   public.categories.categories_parent_id_fkey,
--   public.content_asset_tags.content_asset_tags_workspace_id_fkey,
--   public.content_asset_tags.content_asset_tags_content_asset_id_fkey,
--   public.content_asset_tags.content_asset_tags_tag_id_fkey,
--   public.content_assets.content_assets_workspace_id_fkey,
--   public.content_assets.content_assets_campaign_id_fkey,
--   public.social_posts.social_posts_workspace_id_fkey,
--   public.social_posts.social_posts_campaign_id_fkey,
--   public.social_posts.social_posts_content_asset_id_fkey,
--   public.tags.tags_workspace_id_fkey,
--   public.webhook_endpoints.webhook_endpoints_workspace_id_fkey
-- What the keys refuse by themselves, for programs that leave foreign keys off, as SQLite does unasked.
-- primary_category and target_audience are checked where a person's labels are marked; a workspace_id
-- never changes.
create trigger automation_rules__check_references_insert
before insert on automation_rules
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

create trigger campaigns__check_references_insert
before insert on campaigns
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

create trigger categories__check_references_insert
before insert on categories
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'parent_id is not a category of this workspace')
    where
        new.parent_id is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and id = new.parent_id
        );
end;

create trigger categories__check_parent_id
before update of parent_id on categories
when new.parent_id is not old.parent_id
begin
    select raise(abort, 'parent_id is not a category of this workspace')
    where
        new.parent_id is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and id = new.parent_id
        );
end;

create trigger content_asset_tags__check_references_insert
before insert on content_asset_tags
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
    select raise(abort, 'tag_id is not a tag of this workspace')
    where
        new.tag_id is not null
        and not exists (
            select 1
            from tags
            where workspace_id = new.workspace_id and id = new.tag_id
        );
end;

create trigger content_asset_tags__check_content_asset_id
before update of content_asset_id on content_asset_tags
when new.content_asset_id is not old.content_asset_id
begin
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
end;

create trigger content_asset_tags__check_tag_id
before update of tag_id on content_asset_tags
when new.tag_id is not old.tag_id
begin
    select raise(abort, 'tag_id is not a tag of this workspace')
    where
        new.tag_id is not null
        and not exists (
            select 1
            from tags
            where workspace_id = new.workspace_id and id = new.tag_id
        );
end;

create trigger content_assets__check_references_insert
before insert on content_assets
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
end;

create trigger content_assets__check_campaign_id
before update of campaign_id on content_assets
when new.campaign_id is not old.campaign_id
begin
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
end;

create trigger social_posts__check_references_insert
before insert on social_posts
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
end;

create trigger social_posts__check_campaign_id
before update of campaign_id on social_posts
when new.campaign_id is not old.campaign_id
begin
    select raise(abort, 'campaign_id is not a campaign of this workspace')
    where
        new.campaign_id is not null
        and not exists (
            select 1
            from campaigns
            where workspace_id = new.workspace_id and id = new.campaign_id
        );
end;

create trigger social_posts__check_content_asset_id
before update of content_asset_id on social_posts
when new.content_asset_id is not old.content_asset_id
begin
    select raise(abort, 'content_asset_id is not a content asset of this workspace')
    where
        new.content_asset_id is not null
        and not exists (
            select 1
            from content_assets
            where workspace_id = new.workspace_id and id = new.content_asset_id
        );
end;

create trigger tags__check_references_insert
before insert on tags
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

create trigger webhook_endpoints__check_references_insert
before insert on webhook_endpoints
begin
    select raise(abort, 'workspace_id is not a workspace of this database')
    where not exists (select 1 from workspaces where id = new.workspace_id);
end;

-- twins/content_asset_tags__count_usage.sql
-- twin of: private.tg_content_asset_tags__count_usage,
--   public.content_asset_tags._700_count_usage_insert,
--   public.content_asset_tags._700_count_usage_update,
--   public.content_asset_tags._700_count_usage_delete
create trigger content_asset_tags__count_usage_insert
after insert on content_asset_tags
when new.state = 'applied'
begin
    update tags set usage_count = usage_count + 1 where id = new.tag_id;
end;

create trigger content_asset_tags__count_usage_update
after update of tag_id, state on content_asset_tags
when (new.tag_id, new.state) is not (old.tag_id, old.state)
begin
    update tags set usage_count = usage_count - 1 where id = old.tag_id and old.state = 'applied';
    update tags set usage_count = usage_count + 1 where id = new.tag_id and new.state = 'applied';
end;

create trigger content_asset_tags__count_usage_delete
after delete on content_asset_tags
when old.state = 'applied'
begin
    update tags set usage_count = usage_count - 1 where id = old.tag_id;
end;

-- twins/content_asset_tags__mirror.sql
-- twin of: private.tg_content_asset_tags__mirror, private.applied_tags,
--   public.content_asset_tags._800_mirror_insert, public.content_asset_tags._800_mirror_update,
--   public.content_asset_tags._800_mirror_delete
create trigger content_asset_tags__mirror_insert
after insert on content_asset_tags
-- whoever acts writes the array itself, once
when not exists (select 1 from acting)
begin
    insert into acting (actor) values ('mirror');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select tags.name
            from content_asset_tags
            inner join tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by
                content_asset_tags.source = 'human' desc, content_asset_tags.score desc nulls last, tags.name
        )
    )
    where id = new.content_asset_id;
    delete from acting;
end;
create trigger content_asset_tags__mirror_update
after update on content_asset_tags
-- whoever acts writes the array itself, once
when not exists (select 1 from acting)
begin
    insert into acting (actor) values ('mirror');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select tags.name
            from content_asset_tags
            inner join tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by
                content_asset_tags.source = 'human' desc, content_asset_tags.score desc nulls last, tags.name
        )
    )
    where id = new.content_asset_id;
    delete from acting;
end;
create trigger content_asset_tags__mirror_delete
after delete on content_asset_tags
-- whoever acts writes the array itself, once
when not exists (select 1 from acting)
begin
    insert into acting (actor) values ('mirror');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select tags.name
            from content_asset_tags
            inner join tags on content_asset_tags.tag_id = tags.id
            where
                content_asset_tags.content_asset_id = content_assets.id
                and content_asset_tags.state = 'applied'
            order by
                content_asset_tags.source = 'human' desc, content_asset_tags.score desc nulls last, tags.name
        )
    )
    where id = old.content_asset_id;
    delete from acting;
end;

-- twins/content_assets__count_usage.sql
-- twin of: private.tg_content_assets__count_usage, public.content_assets._700_count_usage_insert,
--   public.content_assets._700_count_usage_update, public.content_assets._700_count_usage_delete
create trigger content_assets__count_usage_insert
after insert on content_assets
when new.primary_category is not null
begin
    update categories
    set usage_count = usage_count + 1
    where workspace_id = new.workspace_id and name = new.primary_category;
end;

create trigger content_assets__count_usage_update
after update of primary_category on content_assets
when
    new.primary_category is not old.primary_category
    -- the old name is gone: a rename, after which the counter is still right
    and (
        old.primary_category is null
        or exists (
            select 1
            from categories
            where workspace_id = old.workspace_id and name = old.primary_category
        )
    )
begin
    update categories
    set usage_count = usage_count - 1
    where workspace_id = old.workspace_id and name = old.primary_category;
    update categories
    set usage_count = usage_count + 1
    where workspace_id = new.workspace_id and name = new.primary_category;
end;

create trigger content_assets__count_usage_delete
after delete on content_assets
when old.primary_category is not null
begin
    update categories
    set usage_count = usage_count - 1
    where workspace_id = old.workspace_id and name = old.primary_category;
end;

-- twins/content_assets__enqueue.sql
-- twin of: private.tg_content_assets__enqueue, private.tg_content_assets__enqueue_edited,
--   private.tg_content_assets__requeue, private.asset_text, private.is_blank,
--   public.content_assets._300_requeue, public.content_assets._500_enqueue,
--   public.content_assets._500_enqueue_edited
create trigger content_assets__enqueue
after insert on content_assets
begin
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_content', new.id);
end;

create trigger content_assets__requeue
after update of content, prompt, alt_text, file_path on content_assets
when
    case
        when trim(new.content, char(32, 9, 10, 13)) <> '' then new.content
        when trim(new.prompt, char(32, 9, 10, 13)) <> '' then new.prompt
        when trim(new.alt_text, char(32, 9, 10, 13)) <> '' then new.alt_text
        when
            trim(
                substr(new.file_path, length(rtrim(new.file_path, replace(new.file_path, '/', ''))) + 1),
                char(32, 9, 10, 13)
            ) <> ''
            then substr(new.file_path, length(rtrim(new.file_path, replace(new.file_path, '/', ''))) + 1)
    end
    is not
    case
        when trim(old.content, char(32, 9, 10, 13)) <> '' then old.content
        when trim(old.prompt, char(32, 9, 10, 13)) <> '' then old.prompt
        when trim(old.alt_text, char(32, 9, 10, 13)) <> '' then old.alt_text
        when
            trim(
                substr(old.file_path, length(rtrim(old.file_path, replace(old.file_path, '/', ''))) + 1),
                char(32, 9, 10, 13)
            ) <> ''
            then substr(old.file_path, length(rtrim(old.file_path, replace(old.file_path, '/', ''))) + 1)
    end
begin
    update content_assets
    set label_state = 'queued', revision_count = old.revision_count + 1
    where id = new.id;
    insert into queue_job (workspace_id, kind, target_id)
    values (new.workspace_id, 'categorize_content', new.id);
end;

-- twins/content_assets__mark_human_insert.sql
-- twin of: private.tg_content_assets__mark_human, private.tg_content_assets__record_human,
--   private.resolve_audience,
--   public.content_assets._200_mark_human, public.content_assets._600_record_human_insert
create trigger content_assets__mark_human_insert
after insert on content_assets
when
    not exists (select 1 from acting)
    and (
        coalesce(
            new.primary_category, new.sentiment, new.target_audience,
            new.category_source, new.sentiment_source, new.audience_source, new.confirmed_at
        ) is not null
        or new.tags <> '[]'
        or new.label_state <> 'queued'
    )
begin
    -- also for programs that leave foreign keys off
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    insert into acting (actor) values ('mirror');

    insert into resolve_tags (workspace_id, names)
    select new.workspace_id, new.tags
    where new.tags <> '[]';
    update content_assets
    set tags = (select resolved from resolve_tags)
    where id = new.id and new.tags <> '[]';
    delete from resolve_tags;
    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(new.target_audience), 'audience'
    where new.target_audience is not null;
    update content_assets
    set target_audience = (select json_extract(resolved, '$[0]') from resolve_tags)
    where id = new.id and new.target_audience is not null;
    delete from resolve_tags;
    select raise(
        abort,
        'target_audience is a tag of another type; name a tag of type audience, or give that one the type audience'
    )
    from content_assets
    where
        content_assets.id = new.id
        and content_assets.target_audience is not null
        and not exists (
            select 1
            from tags
            where
                tags.workspace_id = new.workspace_id
                and tags.name = content_assets.target_audience
                and tags.tag_type = 'audience'
        );
    update content_assets
    set
        label_state = 'queued',
        category_source = case when primary_category is not null then 'human' end,
        confirmed_at = case
            when primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end,
        sentiment_source = case when sentiment is not null then 'human' end,
        audience_source = case when target_audience is not null then 'human' end
    where id = new.id;

    insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source, reason)
    select new.workspace_id, new.id, tags.id, 'human', 'added by a person'
    from content_assets
    inner join json_each(content_assets.tags) as listed
    inner join tags on tags.workspace_id = new.workspace_id and tags.name = listed.value
    where content_assets.id = new.id;
    insert into keep_tag_groups (content_asset_id, workspace_id, tags, old_tags)
    select new.id, new.workspace_id, tags, '[]'
    from content_assets
    where id = new.id and tags <> '[]';

    insert into record_human
    select new.workspace_id, new.id, null, 'category', primary_category, null
    from content_assets
    where id = new.id and primary_category is not null;
    insert into record_human
    select new.workspace_id, new.id, null, 'sentiment', sentiment, null
    from content_assets
    where id = new.id and sentiment is not null;
    insert into record_human
    select new.workspace_id, new.id, null, 'audience', target_audience, null
    from content_assets
    where id = new.id and target_audience is not null;
    insert into record_human
    select new.workspace_id, new.id, null, 'tags', (select group_concat(value, ', ') from json_each(tags)), null
    from content_assets
    where id = new.id and tags <> '[]';

    delete from acting;
end;

-- twins/content_assets__mark_human_update.sql
-- twin of: private.link_tags, public.content_assets._200_mark_human,
--   public.content_assets._600_record_human_update
create trigger content_assets__mark_human_update
after update of primary_category, sentiment, target_audience, tags on content_assets
when
    not exists (select 1 from acting)
    and (new.primary_category, new.sentiment, new.target_audience, new.tags)
    is not (old.primary_category, old.sentiment, old.target_audience, old.tags)
begin
    -- also for programs that leave foreign keys off
    select raise(abort, 'primary_category is not a category of this workspace')
    where
        new.primary_category is not null
        and not exists (
            select 1
            from categories
            where workspace_id = new.workspace_id and name = new.primary_category
        );
    insert into acting (actor) values ('mirror');

    -- Where the old name is gone, its label was renamed and this is the cascade, not a correction.
    update content_assets
    set
        category_source = 'human',
        confirmed_at = case
            when new.primary_category is not null then strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')
        end,
        label_state = case
            when old.label_state = 'queued' or label_state = 'queued' then label_state
            when new.primary_category is null then 'review'
            else 'labeled'
        end
    where
        id = new.id
        and new.primary_category is not old.primary_category
        and (
            old.primary_category is null
            or exists (
                select 1
                from categories
                where workspace_id = old.workspace_id and name = old.primary_category
            )
        );

    update content_assets
    set sentiment_source = 'human'
    where id = new.id and new.sentiment is not old.sentiment;

    insert into resolve_tags (workspace_id, names, new_tag_type)
    select new.workspace_id, json_array(new.target_audience), 'audience'
    where
        new.target_audience is not old.target_audience
        and (
            old.target_audience is null
            or exists (select 1 from tags where workspace_id = old.workspace_id and name = old.target_audience)
        );
    -- a cleared audience is an array of one null, which resolves to no name
    update content_assets
    set
        target_audience = (select json_extract(resolved, '$[0]') from resolve_tags),
        audience_source = 'human'
    where id = new.id and exists (select 1 from resolve_tags);
    delete from resolve_tags;
    select raise(
        abort,
        'target_audience is a tag of another type; name a tag of type audience, or give that one the type audience'
    )
    from content_assets
    where
        content_assets.id = new.id
        and new.target_audience is not old.target_audience
        and content_assets.target_audience is not null
        and not exists (
            select 1
            from tags
            where
                tags.workspace_id = new.workspace_id
                and tags.name = content_assets.target_audience
                and tags.tag_type = 'audience'
        );

    insert into resolve_tags (workspace_id, names)
    select new.workspace_id, new.tags
    where new.tags is not old.tags;
    update content_assets
    set tags = (select resolved from resolve_tags)
    where id = new.id and exists (select 1 from resolve_tags);
    insert into content_asset_tags (workspace_id, content_asset_id, tag_id, source, score, reason, state)
    select
        new.workspace_id,
        new.id,
        tags.id,
        'human',
        null,
        case when named.shown then 'added by a person' else 'removed by a person' end,
        case when named.shown then 'applied' else 'rejected' end
    from (
        select shown.value as name, true as shown
        from resolve_tags
        inner join json_each(resolve_tags.resolved) as shown
        where shown.value not in (select value from json_each(old.tags))
        union all
        select before.value, false
        from resolve_tags
        inner join json_each(old.tags) as before
        where before.value not in (select value from json_each(resolve_tags.resolved))
    ) as named
    inner join tags on tags.workspace_id = new.workspace_id and tags.name = named.name
    where true
    on conflict (content_asset_id, tag_id) do update
        set
            source = excluded.source,
            score = excluded.score,
            reason = excluded.reason,
            state = excluded.state,
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    insert into keep_tag_groups (content_asset_id, workspace_id, tags, old_tags)
    select new.id, new.workspace_id, resolve_tags.resolved, old.tags
    from resolve_tags;
    -- history comes last: it names the version of the vocabulary after the new words
    insert into record_human
    select new.workspace_id, new.id, null, 'category', new.primary_category, old.primary_category
    where
        new.primary_category is not old.primary_category
        and (
            old.primary_category is null
            or exists (
                select 1
                from categories
                where workspace_id = old.workspace_id and name = old.primary_category
            )
        );
    insert into record_human
    select new.workspace_id, new.id, null, 'sentiment', new.sentiment, old.sentiment
    where new.sentiment is not old.sentiment;
    insert into record_human
    select new.workspace_id, new.id, null, 'audience', content_assets.target_audience, old.target_audience
    from content_assets
    where
        content_assets.id = new.id
        and content_assets.target_audience is not old.target_audience
        and (
            old.target_audience is null
            or exists (select 1 from tags where workspace_id = old.workspace_id and name = old.target_audience)
        );
    insert into record_human
    select
        new.workspace_id,
        new.id,
        null,
        'tags',
        (select group_concat(value, ', ') from json_each(resolve_tags.resolved)),
        (select group_concat(value, ', ') from json_each(old.tags))
    from resolve_tags
    where
        -- another order is no decision
        exists (
            select value
            from json_each(resolve_tags.resolved)
            except
            select value
            from json_each(old.tags)
        )
        or exists (
            select value
            from json_each(old.tags)
            except
            select value
            from json_each(resolve_tags.resolved)
        );
    delete from resolve_tags;

    delete from acting;
end;

-- twins/content_assets__sum_cost.sql
-- twin of: private.tg_content_assets__sum_cost, public.content_assets._800_sum_cost_insert,
--   public.content_assets._800_sum_cost_update, public.content_assets._800_sum_cost_delete
create trigger content_assets__sum_cost_insert
after insert on content_assets
when new.campaign_id is not null and cast(new.generation_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (new.campaign_id);
end;

create trigger content_assets__sum_cost_update
after update of campaign_id, generation_cost on content_assets
when new.campaign_id is not old.campaign_id or new.generation_cost is not old.generation_cost
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id), (new.campaign_id);
end;

create trigger content_assets__sum_cost_delete
after delete on content_assets
when old.campaign_id is not null and cast(old.generation_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id);
end;

-- twins/content_words.sql
-- twin of: private.content_words, private.content_word
-- An index of words, which every program that writes keeps. Rows have no number of their own that stays: VACUUM may
-- give others.
create table content_numbers (
    number integer not null primary key,
    asset_id text not null unique
) strict;

create view content_texts as
select
    content_numbers.number,
    content_numbers.asset_id,
    substr(
        case
            when trim(content_assets.content, ' ' || char(9, 10, 13)) <> '' then content_assets.content
            when trim(content_assets.prompt, ' ' || char(9, 10, 13)) <> '' then content_assets.prompt
            when trim(content_assets.alt_text, ' ' || char(9, 10, 13)) <> '' then content_assets.alt_text
            -- what stands after the last slash
            else replace(
                content_assets.file_path,
                rtrim(content_assets.file_path, replace(content_assets.file_path, '/', '')),
                ''
            )
        end,
        1,
        100000
    ) as words
from content_numbers
inner join content_assets on content_numbers.asset_id = content_assets.id;

-- what Unicode calls numbers or letters and campaignbase.core.text does not
create virtual table content_words using fts5 (
    words,
    content = 'content_texts',
    content_rowid = 'number',
    columnsize = 0,
    detail = 'none',
    tokenize = "unicode61 remove_diacritics 0 separators 'ªº²³¹¼½¾µ'"
);

create trigger content_assets__log_words_insert
after insert on content_assets
begin
    insert or ignore into content_numbers (asset_id) values (new.id);
    insert into content_words (rowid, words)
    select number, words from content_texts where asset_id = new.id;
end;

create trigger content_assets__log_words_before
before update of content, prompt, alt_text, file_path on content_assets
begin
    insert into content_words (content_words, rowid, words)
    select 'delete', number, words from content_texts where asset_id = old.id;
end;

create trigger content_assets__log_words_update
after update of content, prompt, alt_text, file_path on content_assets
begin
    insert into content_words (rowid, words)
    select number, words from content_texts where asset_id = new.id;
end;

create trigger content_assets__log_words_delete
before delete on content_assets
begin
    insert into content_words (content_words, rowid, words)
    select 'delete', number, words from content_texts where asset_id = old.id;
    delete from content_numbers where asset_id = old.id;
end;

-- twins/dequeue.sql
-- twin of: private.tg__dequeue, public.campaigns._510_dequeue, public.categories._510_dequeue,
--   public.content_assets._510_dequeue, public.tags._510_dequeue
create trigger campaigns__dequeue
after delete on campaigns
begin
    delete from jobs where kind = 'categorize_campaign' and target_id = old.id;
end;

create trigger categories__dequeue
after delete on categories
begin
    delete from jobs where kind = 'embed_category' and target_id = old.id;
end;

create trigger content_assets__dequeue
after delete on content_assets
begin
    delete from jobs where kind = 'categorize_content' and target_id = old.id;
end;

create trigger tags__dequeue
after delete on tags
begin
    delete from jobs where kind = 'embed_tag' and target_id = old.id;
end;

-- twins/enqueue_label.sql
-- twin of: private.tg__enqueue_label, private.label_text, public.categories._500_enqueue,
--   public.tags._500_enqueue
create trigger categories__enqueue_insert
after insert on categories
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_category', new.id);
end;

create trigger categories__enqueue_update
after update of name, description, keywords on categories
when
    nullif(
        substr(
            case when trim(new.name, char(32, 9, 10, 13)) <> '' then char(10) || new.name else '' end
            || case when trim(new.description, char(32, 9, 10, 13)) <> '' then char(10) || new.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(new.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
    is not
    nullif(
        substr(
            case when trim(old.name, char(32, 9, 10, 13)) <> '' then char(10) || old.name else '' end
            || case when trim(old.description, char(32, 9, 10, 13)) <> '' then char(10) || old.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(old.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_category', new.id);
end;
create trigger tags__enqueue_insert
after insert on tags
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_tag', new.id);
end;

create trigger tags__enqueue_update
after update of name, description, keywords on tags
when
    nullif(
        substr(
            case when trim(new.name, char(32, 9, 10, 13)) <> '' then char(10) || new.name else '' end
            || case when trim(new.description, char(32, 9, 10, 13)) <> '' then char(10) || new.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(new.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
    is not
    nullif(
        substr(
            case when trim(old.name, char(32, 9, 10, 13)) <> '' then char(10) || old.name else '' end
            || case when trim(old.description, char(32, 9, 10, 13)) <> '' then char(10) || old.description else '' end
            || coalesce(
                (
                    select case when trim(joined, char(32, 9, 10, 13)) <> '' then char(10) || joined end
                    from (select group_concat(value, ', ') as joined from json_each(old.keywords))
                ),
                ''
            ),
            2
        ),
        ''
    )
begin
    insert into queue_job (workspace_id, kind, target_id) values (new.workspace_id, 'embed_tag', new.id);
end;

-- twins/evict_tags.sql
-- twin of: private.evict_tags, private.keep_tag_groups
-- A call is an insert: takes the weakest of a machine's tags away where an asset has more of a group than allowed.
create view evict_tags as
select content_asset_id from content_asset_tags where false;

create trigger evict_tags__call
instead of insert on evict_tags
begin
    delete from content_asset_tags
    where
        content_asset_id = new.content_asset_id
        and source <> 'human'
        and tag_id in (
            select ranked.tag_id
            from (
                select
                    link.tag_id,
                    tag_groups.max_tags,
                    row_number() over (
                        partition by tag_groups.id
                        order by link.source = 'human' desc, link.score desc nulls last, tags.name
                    ) as place
                from content_asset_tags as link
                inner join tags on link.tag_id = tags.id
                inner join tag_groups
                    on
                        tags.workspace_id = tag_groups.workspace_id
                        and tags.tag_group = tag_groups.name
                where link.content_asset_id = new.content_asset_id and link.state = 'applied'
            ) as ranked
            where ranked.place > ranked.max_tags
        );
end;

-- A call is an insert: what a person's edit of tags, from and to these arrays, means for their groups.
create view keep_tag_groups as
select content_asset_id, workspace_id, state as tags, state as old_tags from content_asset_tags where false;

create trigger keep_tag_groups__call
instead of insert on keep_tag_groups
begin
    select raise(
        abort,
        'content would have more tags of a group than that allows; take one away in the same edit'
    )
    where exists (
        select 1
        from tag_groups
        inner join tags
            on
                tag_groups.workspace_id = tags.workspace_id
                and tag_groups.name = tags.tag_group
        inner join content_asset_tags as link on tags.id = link.tag_id
        where
            tag_groups.workspace_id = new.workspace_id
            and link.content_asset_id = new.content_asset_id
            and link.state = 'applied'
            and link.source = 'human'
            and exists (
                select 1
                from json_each(new.tags) as added
                inner join tags as named on named.name = added.value
                where
                    named.workspace_id = new.workspace_id
                    and named.tag_group = tag_groups.name
                    and added.value not in (select value from json_each(new.old_tags))
            )
        group by tag_groups.id
        having count(*) > tag_groups.max_tags
    );
    insert into evict_tags (content_asset_id) values (new.content_asset_id);
    update content_assets
    set tags = (
        select json_group_array(shown.value)
        from (
            select listed.value
            from json_each(content_assets.tags) as listed
            where listed.value in (
                select tags.name
                from content_asset_tags as link
                inner join tags on link.tag_id = tags.id
                where link.content_asset_id = content_assets.id and link.state = 'applied'
            )
            order by listed.key
        ) as shown
    )
    where
        id = new.content_asset_id
        and exists (select 1 from tag_groups where tag_groups.workspace_id = new.workspace_id);
end;

-- twins/fill_workspace.sql
-- twin of: private.tg__fill_workspace, public.automation_rules._100_fill_workspace,
--   public.campaigns._100_fill_workspace, public.categories._100_fill_workspace,
--   public.content_assets._100_fill_workspace, public.social_posts._100_fill_workspace,
--   public.tag_groups._100_fill_workspace, public.tags._100_fill_workspace,
--   public.webhook_endpoints._100_fill_workspace
-- A missing workspace_id is the column's default; here it is only kept for ever, as the id is.
create trigger automation_rules__keep_workspace
before update of workspace_id on automation_rules
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in automation_rules cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger automation_rules__keep_id
before update of id on automation_rules
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in automation_rules cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger campaigns__keep_workspace
before update of workspace_id on campaigns
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in campaigns cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger campaigns__keep_id
before update of id on campaigns
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in campaigns cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger categories__keep_workspace
before update of workspace_id on categories
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in categories cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger categories__keep_id
before update of id on categories
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in categories cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger content_assets__keep_workspace
before update of workspace_id on content_assets
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in content_assets cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger content_assets__keep_id
before update of id on content_assets
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in content_assets cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger social_posts__keep_workspace
before update of workspace_id on social_posts
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in social_posts cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger social_posts__keep_id
before update of id on social_posts
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in social_posts cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger tag_groups__keep_workspace
before update of workspace_id on tag_groups
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in tag_groups cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger tag_groups__keep_id
before update of id on tag_groups
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in tag_groups cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger tags__keep_workspace
before update of workspace_id on tags
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in tags cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger tags__keep_id
before update of id on tags
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in tags cannot be changed; insert a copy with the other id and delete this row'
    );
end;
create trigger webhook_endpoints__keep_workspace
before update of workspace_id on webhook_endpoints
when new.workspace_id is not old.workspace_id
begin
    select raise(
        abort,
        'workspace_id of a row in webhook_endpoints cannot be changed; insert a copy into the other workspace and delete this row'
    );
end;
create trigger webhook_endpoints__keep_id
before update of id on webhook_endpoints
when new.id is not old.id
begin
    select raise(
        abort, 'id of a row in webhook_endpoints cannot be changed; insert a copy with the other id and delete this row'
    );
end;

-- twins/foreign_keys.sql
-- twin of: public.content_assets.content_assets_primary_category_fkey,
--   public.campaigns.campaigns_primary_category_fkey,
--   public.content_asset_tags.content_asset_tags_content_asset_id_fkey,
--   public.content_asset_tags.content_asset_tags_tag_id_fkey,
--   public.categorizations.categorizations_content_asset_id_fkey,
--   public.categorizations.categorizations_campaign_id_fkey
-- What the keys do by themselves, for programs that leave foreign keys off, as SQLite does unasked.
create trigger categories__rename
after update of name on categories
when new.name is not old.name
begin
    update content_assets
    set primary_category = new.name
    where workspace_id = new.workspace_id and primary_category = old.name;
    update campaigns
    set primary_category = new.name
    where workspace_id = new.workspace_id and primary_category = old.name;
end;

create trigger content_assets__delete_dependents
after delete on content_assets
begin
    delete from content_asset_tags where content_asset_id = old.id;
    delete from categorizations where workspace_id = old.workspace_id and content_asset_id = old.id;
end;

create trigger campaigns__delete_dependents
after delete on campaigns
begin
    delete from content_assets where workspace_id = old.workspace_id and campaign_id = old.id;
    delete from categorizations where workspace_id = old.workspace_id and campaign_id = old.id;
end;

create trigger tags__delete_dependents
after delete on tags
begin
    delete from content_asset_tags where workspace_id = old.workspace_id and tag_id = old.id;
end;

-- twins/queue_job.sql
-- twin of: private.queue_job
-- A call is an insert. The hash stays null: the next claim computes it.
create view queue_job as
select workspace_id, kind, target_id from jobs where false;

create trigger queue_job__call
instead of insert on queue_job
begin
    insert into jobs (workspace_id, kind, target_id)
    values (new.workspace_id, new.kind, new.target_id)
    on conflict (kind, target_id) do update
        set
            state = 'waiting',
            content_hash = null,
            attempt = jobs.attempt + 1,
            failures = 0,
            run_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'),
            leased_by = null,
            last_error = null,
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
end;

-- twins/record_human.sql
-- twin of: private.record_human
-- A call is an insert.
create view record_human as
select workspace_id, content_asset_id, campaign_id, field, label, previous_label
from categorizations
where false;

create trigger record_human__call
instead of insert on record_human
begin
    insert into categorizations
    (
        workspace_id, content_asset_id, campaign_id, field, label, previous_label, source, judged_id, reasons,
        outcome, vocabulary_version
    )
    select
        new.workspace_id,
        new.content_asset_id,
        new.campaign_id,
        new.field,
        new.label,
        new.previous_label,
        'human',
        (
            select iif(source is not 'human', id, null)
            from categorizations
            where
                workspace_id = new.workspace_id
                and (content_asset_id = new.content_asset_id or campaign_id = new.campaign_id)
                and field = new.field
                and outcome <> 'kept_human'
                and (new.field = 'category' or new.previous_label is not null)
            order by created_at desc, rowid desc
            limit 1
        ),
        json_array(case when new.label is null then 'cleared by a person' else 'set by a person' end),
        'applied',
        workspaces.vocabulary_version
    from workspaces
    where workspaces.id = new.workspace_id;
end;

-- twins/refuse_used.sql
-- twin of: private.tg_categories__refuse_used, private.tg_tags__refuse_used,
--   public.categories._050_refuse_used, public.tags._050_refuse_used, public.tags._060_refuse_retyped
create trigger categories__refuse_used
before delete on categories
when
    -- when the workspace itself goes, everything goes
    exists (select 1 from workspaces where id = old.workspace_id)
    and (
        exists (
            select 1
            from content_assets
            where workspace_id = old.workspace_id and primary_category = old.name
        )
        or exists (
            select 1
            from campaigns
            where workspace_id = old.workspace_id and primary_category = old.name
        )
    )
begin
    select raise(
        abort,
        'a category in use cannot be deleted; file its content and campaigns under another category first'
    );
end;

create trigger tags__refuse_used
before delete on tags
when
    exists (select 1 from workspaces where id = old.workspace_id)
    and exists (
        select 1
        from content_assets
        where workspace_id = old.workspace_id and target_audience = old.name
    )
begin
    select raise(
        abort,
        'a tag that is a target audience cannot be deleted; give that content another target audience first'
    );
end;

create trigger tags__refuse_retyped
before update of tag_type on tags
when
    old.tag_type = 'audience'
    and new.tag_type is not 'audience'
    and exists (
        select 1
        from content_assets
        where workspace_id = old.workspace_id and target_audience = old.name
    )
begin
    select raise(
        abort,
        'a tag that is a target audience cannot get another type; give that content another target audience first'
    );
end;

-- twins/removed_labels.sql
-- twin of: private.tg__remember_removed, private.tg__forget_removed,
--   public.tags._620_remember_removed, public.tags._620_forget_removed,
--   public.categories._620_remember_removed, public.categories._620_forget_removed
create trigger tags__remember_removed
after delete on tags
when
    -- what a merge or a spelling drops is no removal; when the workspace itself goes, everything goes
    not exists (select 1 from acting)
    and exists (select 1 from workspaces where id = old.workspace_id)
begin
    -- its other names mean nothing any more, those of labels merged into it too
    insert into folded_words (place, word)
    select -2, alias.value
    from json_each(old.aliases) as alias
    where length(alias.value) <= 100 and alias.value not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*';
    insert into folded_words (place, word)
    select -3, said.value
    from tags
    inner join json_each(json_insert(tags.aliases, '$[#]', tags.name)) as said
    where tags.workspace_id = old.workspace_id;
    insert into label_proposals (workspace_id, kind, name, state)
    select old.workspace_id, 'tag', word, 'removed'
    from folded_words
    where
        place = -2
        and folded <> ''
        and folded not in (select folded from folded_words where place = -3)
    order by word desc
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    delete from folded_words where place in (-2, -3);
    insert into label_proposals (workspace_id, kind, name, state)
    values (old.workspace_id, 'tag', old.name, 'removed')
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    update tags
    set related_tags = (
        select json_group_array(name)
        from (
            select value as name
            from json_each(tags.related_tags)
            where value <> old.name
            order by key
        )
    )
    where
        workspace_id = old.workspace_id
        and exists (select 1 from json_each(tags.related_tags) where value = old.name);
end;

create trigger tags__forget_removed_insert
after insert on tags
begin
    insert into folded_words (place, word)
    select -1, alias.value
    from json_each(new.aliases) as alias;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'tag'
        and (
            folded_name = new.folded_name
            or folded_name in (select folded from folded_words where place = -1)
        );
    delete from folded_words where place = -1;
end;

create trigger tags__forget_removed_update
after update of name, aliases on tags
begin
    insert into folded_words (place, word)
    select -1, alias.value
    from json_each(new.aliases) as alias;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'tag'
        and (
            folded_name = new.folded_name
            or folded_name in (select folded from folded_words where place = -1)
        );
    delete from folded_words where place = -1;
end;

create trigger categories__remember_removed
after delete on categories
when
    not exists (select 1 from acting)
    and exists (select 1 from workspaces where id = old.workspace_id)
    and replace(replace(replace(replace(old.name, ' ', ''), '-', ''), '_', ''), '#', '') <> ''
begin
    -- its other names mean nothing any more, those of labels merged into it too
    insert into folded_words (place, word)
    select -2, alias.value
    from json_each(old.aliases) as alias
    where length(alias.value) <= 100 and alias.value not glob '*[' || char(1) || '-' || char(31) || char(127) || ']*';
    insert into folded_words (place, word)
    select -3, said.value
    from categories
    inner join json_each(json_insert(categories.aliases, '$[#]', categories.name)) as said
    where categories.workspace_id = old.workspace_id;
    insert into label_proposals (workspace_id, kind, name, state)
    select old.workspace_id, 'category', word, 'removed'
    from folded_words
    where
        place = -2
        and folded <> ''
        and folded not in (select folded from folded_words where place = -3)
    order by word desc
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
    delete from folded_words where place in (-2, -3);
    insert into label_proposals (workspace_id, kind, name, state)
    values (old.workspace_id, 'category', old.name, 'removed')
    on conflict (workspace_id, kind, folded_name) do update
        set
            name = excluded.name,
            state = 'removed',
            updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now');
end;

create trigger categories__forget_removed_insert
after insert on categories
begin
    insert into folded_words (place, word)
    select -1, said.value
    from json_each(json_insert(new.aliases, '$[#]', new.name)) as said;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'category'
        and folded_name in (select folded from folded_words where place = -1);
    delete from folded_words where place = -1;
end;

create trigger categories__forget_removed_update
after update of name, aliases on categories
begin
    insert into folded_words (place, word)
    select -1, said.value
    from json_each(json_insert(new.aliases, '$[#]', new.name)) as said;
    delete from label_proposals
    where
        workspace_id = new.workspace_id
        and kind = 'category'
        and folded_name in (select folded from folded_words where place = -1);
    delete from folded_words where place = -1;
end;

-- twins/rename_in_rules.sql
-- twin of: private.tg__rename_in_rules, private.rule_renamed,
--   public.categories._700_rename_in_rules, public.tags._710_rename_in_rules
-- A call is an insert: puts a name in one place of a rule.
create view rename_in_rule as
select id as rule_id, name as part, name as fullkey, name
from automation_rules
where false;

create trigger rename_in_rule__call
instead of insert on rename_in_rule
begin
    insert into acting (actor) values ('rename in rules');
    update automation_rules
    set conditions = json_set(conditions, new.fullkey, new.name)
    where id = new.rule_id and new.part = 'conditions';
    update automation_rules
    set actions = json_set(actions, new.fullkey, new.name)
    where id = new.rule_id and new.part = 'actions';
    delete from acting where actor = 'rename in rules';
end;

create trigger categories__rename_in_rules
after update of name on categories
when new.name is not old.name
begin
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'conditions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.conditions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.category' or replace(word.path, '"', '') like '%.category')
        and lower(word.value) = lower(old.name);
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'actions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.actions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.category' or replace(word.path, '"', '') like '%.category'
            or replace(word.fullkey, '"', '') like '%.add_category' or replace(word.path, '"', '') like '%.add_category')
        and lower(word.value) = lower(old.name);
end;

create trigger tags__rename_in_rules
after update of name on tags
when new.name is not old.name
begin
    delete from folded_words;
    insert into folded_words (word)
    select word.value
    from automation_rules
    inner join json_tree(automation_rules.conditions) as word
    where automation_rules.workspace_id = new.workspace_id and word.type = 'text';
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'conditions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.conditions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.tag' or replace(word.path, '"', '') like '%.tag'
            or replace(word.fullkey, '"', '') like '%.target_audience' or replace(word.path, '"', '') like '%.target_audience')
        and word.value in (select folded_words.word from folded_words where folded_words.folded = old.folded_name);
    insert into folded_words (word)
    select word.value
    from automation_rules
    inner join json_tree(automation_rules.actions) as word
    where automation_rules.workspace_id = new.workspace_id and word.type = 'text';
    insert into rename_in_rule (rule_id, part, fullkey, name)
    select automation_rules.id, 'actions', word.fullkey, new.name
    from automation_rules
    inner join json_tree(automation_rules.actions) as word
    where
        automation_rules.workspace_id = new.workspace_id
        and word.type = 'text'
        and (replace(word.fullkey, '"', '') like '%.add_tags' or replace(word.path, '"', '') like '%.add_tags'
            or replace(word.fullkey, '"', '') like '%.remove_tags' or replace(word.path, '"', '') like '%.remove_tags'
            or replace(word.fullkey, '"', '') like '%.set_audience' or replace(word.path, '"', '') like '%.set_audience')
        and word.value in (select folded_words.word from folded_words where folded_words.folded = old.folded_name);
    delete from folded_words;
end;

-- twins/resolve_tags.sql
-- twin of: private.fold_tag, private.find_tag, private.resolve_tags
-- A function's call is a row: insert the arguments, read `resolved`, delete the row.
create table resolve_tags (
    workspace_id text not null,
    names text not null,  -- JSON array
    new_tag_type text,  -- given to tags that are new; null for none
    asked integer not null default 1,  -- 0: a word that was refused or removed as a tag is left out
    resolved text  -- JSON array of canonical names, in the order given, each once
) strict;

-- what stands in it is gone when the call ends
create table folded_words (
    place integer,  -- of a person's word in her list; null for an alias
    tag_id text,  -- of an alias; null for a person's word
    word text not null,
    plain text generated always as (
        ltrim(replace(replace(replace(lower(word), ' ', ''), '-', ''), '_', ''), '#')
    ) stored,
    folded text generated always as (
        case
            when plain like '%ies' and length(plain) > 4 then substr(plain, 1, length(plain) - 3) || 'y'
            when plain like '%ss' or plain like '%us' or plain like '%is' then plain
            when
                length(plain) > 4 and (
                    plain like '%sses' or plain like '%shes' or plain like '%ches'
                    or plain like '%xes' or plain like '%zes'
                )
                then substr(plain, 1, length(plain) - 2)
            when plain like '%s' and length(plain) > 3 then substr(plain, 1, length(plain) - 1)
            else plain
        end
    ) stored
) strict;
create index idx_folded_words_folded on folded_words (folded);

create trigger resolve_tags__answer
after insert on resolve_tags
begin
    insert into folded_words (place, word)
    select word.key, trim(word.value)
    from json_each(new.names) as word
    where word.value is not null;
    delete from folded_words where folded = '';
    -- aliases only when some word is no tag's own name
    insert into folded_words (tag_id, word)
    select tags.id, alias.value
    from tags
    inner join json_each(tags.aliases) as alias
    where
        tags.workspace_id = new.workspace_id
        and exists (
            select 1
            from folded_words as spoken
            where
                not exists (
                    select 1
                    from tags as named
                    where named.workspace_id = new.workspace_id and named.folded_name = spoken.folded
                )
        );
    insert into tags (workspace_id, name, tag_type)
    select new.workspace_id, spoken.word, new.new_tag_type
    from folded_words as spoken
    where
        spoken.place = (select min(same.place) from folded_words as same where same.folded = spoken.folded)
        and not exists (
            select 1
            from tags
            where tags.workspace_id = new.workspace_id and tags.folded_name = spoken.folded
        )
        and not exists (
            select 1
            from folded_words as alias
            where alias.tag_id is not null and alias.folded = spoken.folded
        )
        and (
            new.asked
            or not exists (
                select 1
                from label_proposals
                where
                    label_proposals.workspace_id = new.workspace_id
                    and label_proposals.kind = 'tag'
                    and label_proposals.state <> 'open'
                    and label_proposals.folded_name = spoken.folded
            )
        )
    order by spoken.folded;
    update resolve_tags
    set resolved = (
        select json_group_array(found.name)
        from (
            select named.name
            from (
                select
                    spoken.place,
                    -- a tag's own name before another's alias
                    coalesce(
                        (
                            select tags.name
                            from tags
                            where tags.workspace_id = new.workspace_id and tags.folded_name = spoken.folded
                        ),
                        (
                            select tags.name
                            from folded_words as alias
                            inner join tags on alias.tag_id = tags.id
                            where alias.folded = spoken.folded
                            order by tags.name
                            limit 1
                        )
                    ) as name
                from folded_words as spoken
                where spoken.place is not null
            ) as named
            group by named.name
            order by min(named.place)
        ) as found
    )
    where rowid = new.rowid;
    delete from folded_words;
end;

-- twins/set_updated_at.sql
-- twin of: private.tg__set_updated_at, public.automation_rules._400_set_updated_at,
--   public.campaigns._400_set_updated_at, public.categories._400_set_updated_at,
--   public.content_assets._400_set_updated_at, public.social_posts._400_set_updated_at,
--   public.tag_groups._400_set_updated_at, public.tags._400_set_updated_at, public.webhook_endpoints._400_set_updated_at,
--   public.workspaces._400_set_updated_at
-- A statement that stamps the row itself is believed.
create trigger automation_rules__set_updated_at
after update of name, rule_type, conditions, actions, priority, enabled on automation_rules
when new.updated_at is old.updated_at
begin
    update automation_rules set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger campaigns__set_updated_at
after update on campaigns
when new.updated_at is old.updated_at
begin
    update campaigns set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger categories__set_updated_at
after update of name, parent_id, description, keywords, examples, counter_examples, aliases, manual_only on categories
when new.updated_at is old.updated_at
begin
    update categories set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger content_assets__set_updated_at
after update on content_assets
when new.updated_at is old.updated_at
begin
    update content_assets set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger social_posts__set_updated_at
after update on social_posts
when new.updated_at is old.updated_at
begin
    update social_posts set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger tag_groups__set_updated_at
after update of name, min_tags, max_tags on tag_groups
when new.updated_at is old.updated_at
begin
    update tag_groups set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger tags__set_updated_at
after update of name, tag_type, tag_group, description, keywords, examples, counter_examples, aliases, manual_only on tags
when new.updated_at is old.updated_at
begin
    update tags set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger webhook_endpoints__set_updated_at
after update of url, events, enabled on webhook_endpoints
when new.updated_at is old.updated_at
begin
    update webhook_endpoints set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;
create trigger workspaces__set_updated_at
after update on workspaces
when new.updated_at is old.updated_at
begin
    update workspaces set updated_at = strftime('%Y-%m-%dT%H:%M:%f000Z', 'now') where id = new.id;
end;

-- twins/social_posts__sum_cost.sql
-- twin of: private.tg_social_posts__sum_cost, public.social_posts._800_sum_cost_insert,
--   public.social_posts._800_sum_cost_update, public.social_posts._800_sum_cost_delete
create trigger social_posts__sum_cost_insert
after insert on social_posts
when new.campaign_id is not null and cast(new.posting_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (new.campaign_id);
end;

create trigger social_posts__sum_cost_update
after update of campaign_id, posting_cost on social_posts
when new.campaign_id is not old.campaign_id or new.posting_cost is not old.posting_cost
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id), (new.campaign_id);
end;

create trigger social_posts__sum_cost_delete
after delete on social_posts
when old.campaign_id is not null and cast(old.posting_cost as real) <> 0
begin
    insert into sum_campaign_cost (campaign_id) values (old.campaign_id);
end;

-- twins/sum_campaign_cost.sql
-- twin of: private.sum_campaign_cost
-- A call is an insert of a campaign's id. Money is decimal text of four places, summed as whole ten-thousandths.
create view sum_campaign_cost as
select campaign_id from content_assets where false;

create trigger sum_campaign_cost__call
instead of insert on sum_campaign_cost
begin
    update campaigns
    set actual_cost = (
        select printf('%d.%04d', coalesce(sum(units), 0) / 10000, coalesce(sum(units), 0) % 10000)
        from (
            select cast(round(cast(generation_cost as real) * 10000) as integer) as units
            from content_assets
            where workspace_id = campaigns.workspace_id and campaign_id = campaigns.id
            union all
            select cast(round(cast(posting_cost as real) * 10000) as integer)
            from social_posts
            where workspace_id = campaigns.workspace_id and campaign_id = campaigns.id
        )
    )
    where id = new.campaign_id;
end;

-- twins/tags__rename_mirror.sql
-- twin of: private.tg_tags__rename_mirror, public.tags._700_rename_mirror
create trigger tags__rename_mirror
after update of name on tags
when new.name is not old.name
begin
    insert into acting (actor) values ('rename');
    update content_assets
    set tags = (
        select json_group_array(name)
        from (
            select case when value = old.name then new.name else value end as name
            from json_each(content_assets.tags)
            order by key
        )
    )
    where
        workspace_id = new.workspace_id
        and exists (select 1 from json_each(content_assets.tags) where value = old.name);
    update tags
    set related_tags = (
        select json_group_array(name)
        from (
            select case when value = old.name then new.name else value end as name
            from json_each(tags.related_tags)
            order by key
        )
    )
    where
        workspace_id = new.workspace_id
        and exists (select 1 from json_each(tags.related_tags) where value = old.name);
    -- foreign keys do this too, where a program has them on
    update content_assets
    set target_audience = new.name
    where workspace_id = new.workspace_id and target_audience = old.name;
    delete from acting where actor = 'rename';
end;

-- twins/vector_changes.sql
-- twin of: public.semantic_search_content, public.categorization_context
-- Vectors are searched in memory; this tells every process which of them to read again.
create table vector_changes (
    seq integer not null primary key autoincrement,
    kind text not null,  -- the table
    target_id text not null
) strict;

-- who is further behind than this reads everything again
create trigger vector_changes__trim
after insert on vector_changes
begin
    delete from vector_changes where seq <= new.seq - 10000;
end;

create trigger content_assets__log_vector_insert
after insert on content_assets
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('content_assets', new.id);
end;

create trigger content_assets__log_vector_update
after update of embedding, embedding_model, content_hash, confirmed_at, primary_category, golden on content_assets
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.content_hash is not old.content_hash
        or new.golden is not old.golden
        or (new.confirmed_at is null or new.primary_category is null)
        <> (old.confirmed_at is null or old.primary_category is null)
    )
begin
    insert into vector_changes (kind, target_id) values ('content_assets', new.id);
end;

create trigger content_assets__log_vector_delete
after delete on content_assets
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('content_assets', old.id);
end;

create trigger campaigns__log_vector_insert
after insert on campaigns
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('campaigns', new.id);
end;

create trigger campaigns__log_vector_update
after update of embedding, embedding_model, content_hash, confirmed_at, primary_category on campaigns
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.content_hash is not old.content_hash
        or (new.confirmed_at is null or new.primary_category is null)
        <> (old.confirmed_at is null or old.primary_category is null)
    )
begin
    insert into vector_changes (kind, target_id) values ('campaigns', new.id);
end;

create trigger campaigns__log_vector_delete
after delete on campaigns
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('campaigns', old.id);
end;

create trigger categories__log_vector_insert
after insert on categories
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('categories', new.id);
end;

create trigger categories__log_vector_update
after update of embedding, embedding_model, manual_only on categories
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.manual_only is not old.manual_only
    )
begin
    insert into vector_changes (kind, target_id) values ('categories', new.id);
end;

create trigger categories__log_vector_delete
after delete on categories
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('categories', old.id);
end;

create trigger tags__log_vector_insert
after insert on tags
when new.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('tags', new.id);
end;

create trigger tags__log_vector_update
after update of embedding, embedding_model, manual_only on tags
when
    coalesce(new.embedding, old.embedding) is not null
    and (
        new.embedding is not old.embedding
        or new.embedding_model is not old.embedding_model
        or new.manual_only is not old.manual_only
    )
begin
    insert into vector_changes (kind, target_id) values ('tags', new.id);
end;

create trigger tags__log_vector_delete
after delete on tags
when old.embedding is not null
begin
    insert into vector_changes (kind, target_id) values ('tags', old.id);
end;

-- twins/webhook_endpoints.sql
-- twin of: private.tg_webhook_endpoints__validate, private.tg_webhook_endpoints__add_secret,
--   private.tg_webhook_endpoints__refuse_used, public.webhook_endpoints._200_validate,
--   public.webhook_endpoints._500_add_secret, public.webhook_endpoints._050_refuse_used
-- The address and the events are read by the store, and again before each delivery.
create trigger webhook_endpoints__keep_name
before update of name on webhook_endpoints
when new.name is not old.name
begin
    select raise(
        abort,
        'the name of a webhook cannot be changed, rules may say it; add another endpoint and remove this one'
    );
end;

create trigger webhook_endpoints__forgive
after update of url, enabled on webhook_endpoints
when new.url is not old.url or new.enabled and not old.enabled
begin
    update webhook_endpoints
    set disabled_reason = null, failures = 0, failing_since = null, paused_until = null
    where id = new.id;
end;

create trigger webhook_endpoints__add_secret
after insert on webhook_endpoints
begin
    insert into webhook_secrets (workspace_id, endpoint_id, secret)
    values (new.workspace_id, new.id, 'whsec_' || lower(hex(randomblob(32))));
end;

create trigger webhook_endpoints__refuse_used
before delete on webhook_endpoints
when exists (select 1 from workspaces where id = old.workspace_id)
begin
    select raise(abort, 'the webhook is used by a rule and cannot be deleted')
    where
        exists (
            select 1
            from automation_rules
            where workspace_id = old.workspace_id and json_extract(actions, '$.webhook') = old.name
        );
end;

-- twins/workspaces__fill_vocabulary.sql
-- twin of: private.tg_workspaces__fill_vocabulary, public.workspaces._500_fill_vocabulary
create trigger workspaces__fill_vocabulary
after insert on workspaces
-- one that a program without foreign keys deleted comes back to what it had
when
    not exists (select 1 from categories where categories.workspace_id = new.id)
    and not exists (select 1 from tags where tags.workspace_id = new.id)
    and not exists (select 1 from automation_rules where automation_rules.workspace_id = new.id)
begin
    insert into categories (workspace_id, name, description, keywords, examples, counter_examples)
    select
        new.id,
        json_extract(category.value, '$.name'),
        json_extract(category.value, '$.description'),
        coalesce(json_extract(category.value, '$.keywords'), '[]'),
        coalesce(json_extract(category.value, '$.examples'), '[]'),
        coalesce(json_extract(category.value, '$.counter_examples'), '[]')
    from default_vocabulary
    inner join json_each(default_vocabulary.data, '$.categories') as category;

    update categories
    set parent_id = (
        select parents.id
        from default_vocabulary
        inner join json_each(default_vocabulary.data, '$.categories') as category
        inner join categories as parents
            on
                parents.workspace_id = new.id
                and parents.name = json_extract(category.value, '$.parent')
        where json_extract(category.value, '$.name') = categories.name
    )
    where workspace_id = new.id;

    insert into tags (workspace_id, name, tag_type, description, keywords, examples, counter_examples, aliases)
    select
        new.id,
        json_extract(tag.value, '$.name'),
        json_extract(tag.value, '$.tag_type'),
        json_extract(tag.value, '$.description'),
        coalesce(json_extract(tag.value, '$.keywords'), '[]'),
        coalesce(json_extract(tag.value, '$.examples'), '[]'),
        coalesce(json_extract(tag.value, '$.counter_examples'), '[]'),
        coalesce(json_extract(tag.value, '$.aliases'), '[]')
    from default_vocabulary
    inner join json_each(default_vocabulary.data, '$.tags') as tag;

    insert into automation_rules (workspace_id, name, rule_type, conditions, actions, priority)
    select
        new.id,
        json_extract(rule.value, '$.name'),
        json_extract(rule.value, '$.rule_type'),
        json_extract(rule.value, '$.conditions'),
        json_extract(rule.value, '$.actions'),
        coalesce(json_extract(rule.value, '$.priority'), 0)
    from default_vocabulary
    inner join json_each(default_vocabulary.data, '$.rules') as rule;
end;

-- which schema this file has: hash is of the statements above, without their comments
create table schema_info (
    id integer primary key check (id = 1),
    version integer not null,
    hash text not null
) strict;
insert into schema_info (id, version, hash)
values (1, 1, '1daa0bb6b480f44beaf9112f9d3af82a310aa53b27af23e8b974216359c0f390');
pragma user_version = 1;
