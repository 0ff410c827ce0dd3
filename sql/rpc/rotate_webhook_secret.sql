create function public.rotate_webhook_secret(
    endpoint_id uuid,
    -- how long the old secret signs too; clamped to 0..168
    overlap_hours integer default 24
)
    -- the new secret: nobody is told it again
    returns text
    language sql
    volatile
    security invoker
    set search_path = ''
as $$
    select private.rotate_webhook_secret(rotate_webhook_secret.endpoint_id, rotate_webhook_secret.overlap_hours);
$$;
comment on function public.rotate_webhook_secret is
'Give an endpoint a new secret, and learn it.

For a day both sign every delivery, so that the receiver can change over. For owners.';
revoke execute on function public.rotate_webhook_secret from public, anon;
grant execute on function public.rotate_webhook_secret to authenticated, service_role;
