-- Extensions that make things sooner and that nothing depends on: where they can be had they are enabled, a
-- refusal is a notice.
do $$
declare
    wanted record;
begin
    for wanted in
        select *
        from (
            values
                ('pg_net', 'create extension pg_net with schema extensions'),
                ('pg_cron', 'create extension pg_cron'),
                ('supabase_vault', 'create extension supabase_vault')
        ) as extension (name, statement)
        where
            extension.name in (select pg_available_extensions.name from pg_catalog.pg_available_extensions)
            and extension.name not in (select pg_extension.extname from pg_catalog.pg_extension)
    loop
        begin
            execute wanted.statement;
        exception
            when others then
                raise notice 'extension % is not enabled (%); edge functions wait for the worker', wanted.name, sqlerrm;
        end;
    end loop;
    perform private.schedule_sweep();
exception
    when others then
        raise notice 'pg_cron does not sweep (%); enable it and call: select private.schedule_sweep()', sqlerrm;
end
$$;
