alter table public.cache_entries enable row level security;

-- for the service alone, which row level security does not bind
grant select, insert, update, delete on public.cache_entries to service_role;

create policy "nobody but the service reads the cache"
on public.cache_entries for select to authenticated
using (false);
