-- Vault (supabase_vault 0.3): the same tables, view and functions. Nothing is encrypted here.
create schema if not exists vault;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;

create table if not exists vault.secrets (
    id uuid primary key default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
);
create unique index if not exists secrets_name_idx on vault.secrets (name) where name is not null;

create or replace view vault.decrypted_secrets as
select
    secrets.id,
    secrets.name,
    secrets.description,
    secrets.secret,
    secrets.secret as decrypted_secret,
    secrets.key_id,
    secrets.nonce,
    secrets.created_at,
    secrets.updated_at
from vault.secrets;

create or replace function vault.create_secret(
    new_secret text,
    new_name text default null,
    new_description text default '',
    new_key_id uuid default null
)
    returns uuid
    language sql
    security definer
    set search_path = ''
as $$
    insert into vault.secrets (secret, name, description, key_id)
    values (new_secret, new_name, new_description, new_key_id)
    returning id;
$$;

create or replace function vault.update_secret(
    secret_id uuid,
    new_secret text default null,
    new_name text default null,
    new_description text default null,
    new_key_id uuid default null
)
    returns void
    language sql
    security definer
    set search_path = ''
as $$
    update vault.secrets
    set
        secret = coalesce(new_secret, secrets.secret),
        name = coalesce(new_name, secrets.name),
        description = coalesce(new_description, secrets.description),
        key_id = coalesce(new_key_id, secrets.key_id),
        updated_at = now()
    where secrets.id = secret_id;
$$;

revoke all on vault.secrets, vault.decrypted_secrets from public;
revoke execute on function vault.create_secret, vault.update_secret from public;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret, vault.update_secret to postgres with grant option;
grant execute on function vault.create_secret, vault.update_secret to service_role;
