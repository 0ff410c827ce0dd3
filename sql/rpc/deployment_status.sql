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
