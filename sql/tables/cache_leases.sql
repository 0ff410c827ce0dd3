create table private.cache_leases (
    cache_key text not null,
    owner text not null,
    leased_until timestamptz not null,

    constraint cache_leases_pkey primary key (cache_key)
);
create index idx_cache_leases_leased_until on private.cache_leases (leased_until);
comment on table private.cache_leases is
'Who is computing what the cache does not have, so that others wait instead of computing it too.';
