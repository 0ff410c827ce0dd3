create function public.find_api_key(
    -- sha256 of the whole key, in hex
    token_hash text
)
    -- the key as its table holds it, with "signing_key" and "expired"; null: there is none
    returns jsonb
    language sql
    stable
    security invoker
    set search_path = ''
as $$
    select
        to_jsonb(api_keys) || jsonb_build_object(
            'signing_key', api_key_secrets.signing_key,
            'expired', coalesce(api_keys.expires_at <= clock_timestamp(), false)
        )
    from private.api_key_secrets
    inner join public.api_keys on api_key_secrets.key_id = api_keys.id
    where api_key_secrets.token_hash = find_api_key.token_hash;
$$;
comment on function public.find_api_key is
'Whose key that is, also one that was revoked or has expired. For services only.';
revoke execute on function public.find_api_key from public, anon, authenticated;
grant execute on function public.find_api_key to service_role;
