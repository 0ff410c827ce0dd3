-- Who owns the database, and with it the schema `public` (its owner is pg_database_owner).
do $$
begin
    execute format('alter database %I owner to postgres', current_database());
    execute format(
        'grant all on database %I to dashboard_user, supabase_auth_admin, supabase_storage_admin',
        current_database()
    );
end
$$;

grant usage on schema public to postgres, anon, authenticated, service_role;
