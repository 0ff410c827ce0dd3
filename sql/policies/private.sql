-- not exposed and not granted to callers; row level security on top, in case somebody grants them one day
alter table private.jobs enable row level security;
alter table private.trained_head_labels enable row level security;
alter table private.invitations enable row level security;
alter table private.invitation_mails enable row level security;
alter table private.webhook_secrets enable row level security;
alter table private.cache_invalidations enable row level security;
alter table private.cache_leases enable row level security;
alter table private.cache_counters enable row level security;
alter table private.cache_signing_keys enable row level security;
alter table private.idempotency_keys enable row level security;
alter table private.api_key_secrets enable row level security;
alter table private.reservations enable row level security;
alter table private.spare_vectors enable row level security;
alter table private.schedulings enable row level security;

grant select, insert, update, delete on private.jobs to service_role;
grant select, insert, update, delete on private.trained_head_labels to service_role;
-- everything else about them happens in functions that check who asks
grant select, update on private.invitations to service_role;
grant select, insert, delete on private.invitation_mails to service_role;
grant select, insert, update, delete on private.webhook_secrets to service_role;
grant select, insert, update, delete on private.cache_invalidations to service_role;
grant select, insert, update, delete on private.cache_leases to service_role;
grant select, insert, update, delete on private.cache_counters to service_role;
grant select, insert on private.cache_signing_keys to service_role;
grant select, insert, update, delete on private.idempotency_keys to service_role;
grant select, insert, update, delete on private.api_key_secrets to service_role;
grant select, insert, delete on private.reservations to service_role;
grant select, insert, update, delete on private.spare_vectors to service_role;
grant select, insert, update, delete on private.schedulings to service_role;
