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
