-- Buckets and objects of the storage server, as far as policies and triggers see them.
create schema if not exists storage authorization supabase_storage_admin;
grant usage on schema storage to postgres, anon, authenticated, service_role, dashboard_user;

create table if not exists storage.buckets (
    id text primary key,
    name text not null unique,
    owner uuid,
    owner_id text,
    public boolean default false,
    file_size_limit bigint,
    allowed_mime_types text[],
    created_at timestamptz default now(),
    updated_at timestamptz default now()
);

create table if not exists storage.objects (
    id uuid primary key default gen_random_uuid(),
    bucket_id text references storage.buckets (id),
    name text,
    owner uuid,
    owner_id text,
    metadata jsonb,
    user_metadata jsonb,
    path_tokens text[] generated always as (string_to_array(name, '/')) stored,
    version text,
    created_at timestamptz default now(),
    updated_at timestamptz default now(),
    last_accessed_at timestamptz default now()
);
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);

-- Hosted, the storage server owns them and an extension lets `postgres` write policies all the same;
-- a plain Postgres knows only owners.
alter table storage.buckets owner to postgres;
alter table storage.objects owner to postgres;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects
    to anon, authenticated, service_role, supabase_storage_admin;

create or replace function storage.foldername(name text)
    returns text[]
    language sql
    immutable
as $$
    select parts[1 : array_length(parts, 1) - 1]
    from string_to_array(name, '/') as parts
$$;

create or replace function storage.filename(name text)
    returns text
    language sql
    immutable
as $$
    select parts[array_length(parts, 1)]
    from string_to_array(name, '/') as parts
$$;

alter function storage.foldername(text) owner to supabase_storage_admin;
alter function storage.filename(text) owner to supabase_storage_admin;
