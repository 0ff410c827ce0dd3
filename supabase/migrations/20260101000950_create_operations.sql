-- Generated from sql/ by `make migrations`: edit there, not here.
-- Purpose:  what is asked of many rows at once: a whole workspace, a deployment, how labeling and
--           posts went
-- Touches:  function private.answer_or_null, private.deployed_grants, private.deployed_state,
--           public.deployment_status, public.probe_rows, public.delivery_status,
--           public.export_rows, public.workspace_media, public.content_statistics,
--           public.post_statistics
-- Mirrors:  sql/functions/answer_or_null.sql, sql/functions/deployed_grants.sql,
--           sql/functions/deployed_state.sql, sql/rpc/deployment_status.sql,
--           sql/rpc/probe_rows.sql, sql/rpc/delivery_status.sql, sql/rpc/export_rows.sql,
--           sql/rpc/workspace_media.sql, sql/rpc/content_statistics.sql,
--           sql/rpc/post_statistics.sql
-- Undo:     forward only; it removes nothing

-- sql/functions/answer_or_null.sql
create function private.answer_or_null(
    -- one that gives one value of type jsonb
    query text
)
    -- null also where a table of it is not there, or is not for this role
    returns jsonb
    language plpgsql
    stable
    set search_path = ''
as $$
declare
    answer jsonb;
begin
    execute query into answer;
    return answer;
exception
    when others then
        return null;
end
$$;
comment on function private.answer_or_null is
'What a query says about a part of the platform that need not be there. As the caller, and for nobody by itself.';
revoke execute on function private.answer_or_null from public, anon, authenticated, service_role;

-- sql/functions/deployed_grants.sql
create function private.deployed_grants()
    -- '<role> <privilege> <object>' of the three roles of the Data API, in public and private; columns only where
    -- the table as a whole is not granted
    returns text[]
    language sql
    stable
    set search_path = ''
as $$
    select coalesce(array_agg(found.told order by found.told), '{}')
    from (
        select pg_roles.oid, pg_roles.rolname as name
        from pg_catalog.pg_roles
        where pg_roles.rolname in ('anon', 'authenticated', 'service_role')
    ) as roles
    cross join lateral (
        select format('%s execute %s.%s', roles.name, pg_namespace.nspname, pg_proc.proname) as told
        from pg_catalog.pg_proc
        inner join pg_catalog.pg_namespace on pg_proc.pronamespace = pg_namespace.oid
        where
            pg_namespace.nspname in ('public', 'private')
            and has_function_privilege(roles.oid, pg_proc.oid, 'execute')
        union all
        select format('%s %s %s.%s', roles.name, privilege, pg_namespace.nspname, pg_class.relname)
        from pg_catalog.pg_class
        inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
        cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as privilege
        where
            pg_namespace.nspname in ('public', 'private')
            and pg_class.relkind in ('r', 'v')
            and has_table_privilege(roles.oid, pg_class.oid, privilege)
        union all
        select format(
            '%s %s %s.%s.%s', roles.name, privilege, pg_namespace.nspname, pg_class.relname, pg_attribute.attname
        )
        from pg_catalog.pg_class
        inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
        inner join pg_catalog.pg_attribute on pg_class.oid = pg_attribute.attrelid
        cross join unnest(array['select', 'insert', 'update']) as privilege
        where
            pg_namespace.nspname in ('public', 'private')
            and pg_class.relkind in ('r', 'v')
            and pg_attribute.attnum > 0
            and not pg_attribute.attisdropped
            and has_column_privilege(roles.oid, pg_class.oid, pg_attribute.attnum, privilege)
            and not has_table_privilege(roles.oid, pg_class.oid, privilege)
        union all
        select format('%s usage %s', roles.name, pg_namespace.nspname)
        from pg_catalog.pg_namespace
        where
            pg_namespace.nspname in ('public', 'private')
            and has_schema_privilege(roles.oid, pg_namespace.oid, 'usage')
    ) as found;
$$;
comment on function private.deployed_grants is
'What anon, authenticated and service_role may do here, to be compared with what the migrations grant.';
revoke execute on function private.deployed_grants from public, anon, authenticated, service_role;

-- sql/functions/deployed_state.sql
create function private.deployed_state()
    returns jsonb
    language sql
    stable
    security definer  -- Vault, pg_cron and the record of migrations are not for callers; no secret leaves it
    set search_path = ''
as $$
    select jsonb_build_object(
        'postgres', current_setting('server_version'),
        'vector', (select pg_extension.extversion from pg_catalog.pg_extension where extname = 'vector'),
        -- null: nobody keeps that record here
        'migrations', private.answer_or_null(
            'select coalesce(jsonb_object_agg(version, md5(array_to_string(statements, E''\n'', ''''))), ''{}'')'
            ' from supabase_migrations.schema_migrations'
        ),
        'grants', to_jsonb(private.deployed_grants()),
        'policies', (
            select coalesce(jsonb_agg(format('%s.%s: %s', schemaname, tablename, policyname)), '[]')
            from pg_catalog.pg_policies
            where pg_policies.schemaname in ('public', 'private', 'storage')
        ),
        -- tables whose policies do not count
        'unprotected', (
            select coalesce(jsonb_agg(format('%s.%s', pg_namespace.nspname, pg_class.relname)), '[]')
            from pg_catalog.pg_class
            inner join pg_catalog.pg_namespace on pg_class.relnamespace = pg_namespace.oid
            where
                pg_namespace.nspname in ('public', 'private')
                and pg_class.relkind = 'r'
                and not pg_class.relrowsecurity
        ),
        -- null: there is no such publication
        'publication', (
            select
                coalesce(
                    jsonb_agg(format('%s.%s', pg_publication_tables.schemaname, pg_publication_tables.tablename))
                    filter (where pg_publication_tables.tablename is not null),
                    '[]'
                )
            from pg_catalog.pg_publication
            left join pg_catalog.pg_publication_tables on pg_publication.pubname = pg_publication_tables.pubname
            where pg_publication.pubname = 'supabase_realtime'
            group by pg_publication.pubname
        ),
        'storage', to_regclass('storage.buckets') is not null,
        -- null: there is no bucket
        'bucket', private.answer_or_null(
            'select jsonb_build_object(''public'', public, ''limit'', file_size_limit, ''types'', allowed_mime_types)'
            ' from storage.buckets where id = ''media'''
        ),
        'extensions', jsonb_build_object(
            'pg_net', to_regprocedure('net.http_post(text,jsonb,jsonb,jsonb,integer)') is not null,
            'pg_cron', to_regprocedure('cron.schedule(text,text,text)') is not null,
            'vault', to_regclass('vault.decrypted_secrets') is not null
        ),
        -- the address, and whether there is a key
        'secrets', private.answer_or_null(
            'select jsonb_build_object('
            ' ''url'', max(btrim(decrypted_secret)) filter (where name = ''campaignbase_functions_url''),'
            ' ''key'', coalesce(bool_or(btrim(decrypted_secret) <> '''')'
            ' filter (where name = ''campaignbase_functions_key''), false))'
            ' from vault.decrypted_secrets'
        ),
        -- null: pg_cron does not sweep
        'sweep', private.answer_or_null(
            'select jsonb_build_object('
            ' ''active'', job.active,'
            ' ''last'', (select jsonb_build_object(''status'', run.status, ''message'', run.return_message)'
            ' from cron.job_run_details as run where run.jobid = job.jobid order by run.runid desc limit 1))'
            ' from cron.job where job.jobname = ''campaignbase_sweep'''
        ),
        -- of the pokes, whose answers pg_net keeps for hours: how many were refused in the last one
        'refused_pokes', private.answer_or_null(
            'select to_jsonb(count(*)) from net._http_response'
            ' where created > now() - interval ''1 hour'' and status_code in (401, 403)'
        ),
        -- who is at work now
        'workers', (
            select coalesce(jsonb_agg(distinct jobs.leased_by), '[]')
            from private.jobs
            where jobs.state = 'leased' and jobs.run_at > clock_timestamp()
        ),
        -- for how long the job that is due longest waits; null: none is due
        'late_seconds', (
            select extract(epoch from clock_timestamp() - min(jobs.run_at))::double precision
            from private.jobs
            where jobs.state = 'waiting' and jobs.run_at <= clock_timestamp()
        )
    );
$$;
comment on function private.deployed_state is
'What public.deployment_status answers.';
revoke execute on function private.deployed_state from public, anon, authenticated;
grant execute on function private.deployed_state to service_role;

-- sql/rpc/deployment_status.sql
create function public.deployment_status()
    returns jsonb
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select private.deployed_state();
$$;
comment on function public.deployment_status is
'Is everything here that a deployment needs: migrations, grants, policies, publication, bucket, extensions, secrets.

For `campaignbase doctor`, in one call. Tells no secret.';
revoke execute on function public.deployment_status from public, anon, authenticated;
grant execute on function public.deployment_status to service_role;

-- sql/rpc/probe_rows.sql
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

-- sql/rpc/delivery_status.sql
create function public.delivery_status()
    returns table (
        waiting bigint,
        leased bigint,
        dead bigint,
        -- for how long the delivery that is due longest waits; null: none is due, or its endpoint pauses
        late_seconds double precision,
        -- endpoints that were disabled, and not by a person
        disabled bigint,
        -- of the newest dead one
        last_error text
    )
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        (select count(*) from public.webhook_deliveries where state = 'waiting'),
        (select count(*) from public.webhook_deliveries where state = 'leased'),
        (select count(*) from public.webhook_deliveries where state = 'dead'),
        (
            select extract(epoch from clock_timestamp() - min(webhook_deliveries.run_at))::double precision
            from public.webhook_deliveries
            inner join public.webhook_endpoints on webhook_deliveries.endpoint_id = webhook_endpoints.id
            where
                webhook_deliveries.state = 'waiting'
                and webhook_deliveries.run_at <= clock_timestamp()
                and webhook_endpoints.enabled
                and (
                    webhook_endpoints.paused_until is null
                    or webhook_endpoints.paused_until <= clock_timestamp()
                )
        ),
        (select count(*) from public.webhook_endpoints where not enabled and disabled_reason is not null),
        (
            select last_error
            from public.webhook_deliveries
            where state = 'dead'
            order by updated_at desc
            limit 1
        );
$$;
comment on function public.delivery_status is
'How many messages to webhooks wait or are dead, in all workspaces: one row. For workers only.';
revoke execute on function public.delivery_status from public, anon, authenticated;
grant execute on function public.delivery_status to service_role;

-- sql/rpc/export_rows.sql
create function public.export_rows(
    -- its key is made of uuids
    table_name text,
    -- of it, in the order each row is to have
    columns text[],
    -- null: rows of all
    workspace_id uuid default null,
    -- the key of the last row there was, where the table has parents with 'true' or 'false' before it: has it one?
    after text[] default null
)
    -- a line a row, a JSON array of texts and nulls: parents first, then by key; null when there are no more
    returns text
    language plpgsql
    stable
    security invoker
    set search_path = ''
as $$
declare
    source regclass;
    places text[];
    types text[];
    told text;
    page text;
begin
    select classes.oid::regclass into source
    from pg_catalog.pg_class as classes
    where
        classes.relname = export_rows.table_name
        and classes.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
        and classes.relkind = 'r';
    if source is null then
        raise exception using
            errcode = 'PT404',
            message = format('there is no table %L', export_rows.table_name);
    end if;

    select
        array_agg(format('kept.%I', attributes.attname) order by keys.place),
        array_agg(format_type(attributes.atttypid, attributes.atttypmod) order by keys.place)
    into places, types
    from pg_catalog.pg_index
    cross join unnest(pg_index.indkey) with ordinality as keys (number, place)
    inner join pg_catalog.pg_attribute as attributes
        on pg_index.indrelid = attributes.attrelid and keys.number = attributes.attnum
    where pg_index.indrelid = source and pg_index.indisprimary;
    if exists (select from pg_catalog.pg_attribute where attrelid = source and attname = 'parent_id') then
        places := array['(kept.parent_id is not null)'] || places;
        types := array['boolean'] || types;
    end if;

    -- texts mean the same whoever reads them: a client's JSON would round long numbers
    select
        string_agg(
            case
                when pg_type.typname = 'timestamptz'
                    then format('to_char(kept.%I at time zone ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'')', wanted.name)
                when pg_type.typcategory = 'A' then format('array_to_json(kept.%I)::text', wanted.name)
                else format('kept.%I::text', wanted.name)
            end,
            ', ' order by wanted.place
        )
    into told
    from unnest(export_rows.columns) with ordinality as wanted (name, place)
    left join pg_catalog.pg_attribute as attributes
        on attributes.attrelid = source and attributes.attname = wanted.name
    left join pg_catalog.pg_type on attributes.atttypid = pg_type.oid;

    execute format(
        'select string_agg(lines.line, E''\n'' order by lines.place)'
        ' from ('
        '     select'
        '         rows.line,'
        '         rows.place,'
        '         sum(octet_length(rows.line)) over (order by rows.place) - octet_length(rows.line) as before'
        '     from ('
        '         select json_build_array(%1$s)::text as line, row_number() over (order by %2$s) as place'
        '         from %3$s as kept'
        '         where ($1 is null or kept.%4$I = $1) and ($2 is null or (%2$s) > (%5$s))'
        '         order by %2$s'
        '         limit 250'
        '     ) as rows'
        ' ) as lines'
        -- one row at least, whatever its size
        ' where lines.before < 4000000',
        told,
        array_to_string(places, ', '),
        source,
        case export_rows.table_name when 'workspaces' then 'id' else 'workspace_id' end,
        (
            select string_agg(format('$2[%s]::%s', bounds.place, bounds.type), ', ' order by bounds.place)
            from unnest(types) with ordinality as bounds (type, place)
        )
    )
    into page
    using export_rows.workspace_id, export_rows.after;
    return page;
end
$$;
comment on function public.export_rows is
'Rows of a table, page by page, exactly as they are: what an export over the Data API reads. For the service only.';
revoke execute on function public.export_rows from public, anon, authenticated;
grant execute on function public.export_rows to service_role;

-- sql/rpc/workspace_media.sql
create function public.workspace_media(
    workspace_id uuid,
    -- the name of the last one there was; null: from the first one
    after text default null
)
    -- of objects in the bucket media: <workspace_id>/<asset_id>/<file name>, by name; at most 1,000
    returns table (name text, size bigint, content_type text)
    language plpgsql  -- not looked at before it runs: a project may have no storage
    stable
    security invoker
    set search_path = ''
as $$
begin
    if to_regclass('storage.objects') is null then
        return;
    end if;
    return query
    select
        objects.name,
        (objects.metadata ->> 'size')::bigint,
        objects.metadata ->> 'mimetype'
    from storage.objects
    where
        objects.bucket_id = 'media'
        -- "0" comes right after "/"
        and objects.name collate "C" > coalesce(workspace_media.after, workspace_media.workspace_id || '/')
        and objects.name collate "C" < workspace_media.workspace_id || '0'
        and private.media_asset_id(objects.name) is not null
    order by objects.name collate "C"
    limit 1000;
end
$$;
comment on function public.workspace_media is
'Files in the bucket media of one workspace, with size and type: what an export lists. For the service only.';
revoke execute on function public.workspace_media from public, anon, authenticated;
grant execute on function public.workspace_media to service_role;

-- sql/rpc/content_statistics.sql
create function public.content_statistics(
    -- null: all the caller may see
    workspace_id uuid default null,
    -- of one campaign; null: of all content
    campaign_id uuid default null
)
    -- a row a state and source there is
    returns table (
        workspace uuid,
        label_state text,
        -- who decided the category; null: nobody
        category_source text,
        content_count bigint,
        -- of these, whose category a person wrote or confirmed
        confirmed_count bigint
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        content_assets.workspace_id,
        content_assets.label_state,
        content_assets.category_source,
        count(*),
        count(content_assets.confirmed_at)
    from public.content_assets
    where
        (
            content_statistics.workspace_id is null
            or content_assets.workspace_id = content_statistics.workspace_id
        )
        and (
            content_statistics.campaign_id is null
            or content_assets.campaign_id = content_statistics.campaign_id
        )
    group by
        content_assets.workspace_id,
        content_assets.label_state,
        content_assets.category_source;
$$;
comment on function public.content_statistics is
'How far the labeling of all content is, who decided it, and how much of it people confirmed.';
revoke execute on function public.content_statistics from public, anon;
grant execute on function public.content_statistics to authenticated, service_role;

-- sql/rpc/post_statistics.sql
create function public.post_statistics(
    -- null: all the caller may see
    workspace_id uuid default null,
    -- of one campaign; null: of all posts
    campaign_id uuid default null
)
    -- a row a platform, in order of their names; sums are null where the network offers no such figure
    returns table (
        workspace uuid,
        platform text,
        post_count bigint,
        scheduled_count bigint,
        posted_count bigint,
        failed_count bigint,
        views bigint,
        likes bigint,
        comments bigint,
        shares bigint,
        clicks bigint,
        -- likes, comments, shares and clicks of posts that have views: what a rate divides by views
        reactions bigint
    )
    language sql
    stable
    security invoker  -- the caller's policies decide which rows exist
    set search_path = ''
as $$
    select
        social_posts.workspace_id,
        social_posts.platform,
        count(*),
        count(*) filter (where social_posts.status = 'scheduled'),
        count(*) filter (where social_posts.status = 'posted'),
        count(*) filter (where social_posts.status = 'failed'),
        sum(social_posts.views),
        sum(social_posts.likes),
        sum(social_posts.comments),
        sum(social_posts.shares),
        sum(social_posts.clicks),
        sum(
            coalesce(social_posts.likes, 0)::bigint
            + coalesce(social_posts.comments, 0)
            + coalesce(social_posts.shares, 0)
            + coalesce(social_posts.clicks, 0)
        ) filter (where social_posts.views > 0)::bigint
    from public.social_posts
    where
        (
            post_statistics.workspace_id is null
            or social_posts.workspace_id = post_statistics.workspace_id
        )
        and (
            post_statistics.campaign_id is null
            or social_posts.campaign_id = post_statistics.campaign_id
        )
    group by
        social_posts.workspace_id,
        social_posts.platform
    order by
        social_posts.workspace_id,
        social_posts.platform collate "C";
$$;
comment on function public.post_statistics is
'How posts went, by platform: how many, in which state, and the sums of what the networks count.';
revoke execute on function public.post_statistics from public, anon;
grant execute on function public.post_statistics to authenticated, service_role;
