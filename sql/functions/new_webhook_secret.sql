create function private.new_webhook_secret()
    returns text
    language sql
    volatile
    set search_path = ''
as $$
    -- 64 hexadecimal digits are base64 of 48 bytes; 256 bits of them are random
    select
        'whsec_' || encode(
            sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
            'hex'
        );
$$;
comment on function private.new_webhook_secret is 'A secret as Standard Webhooks writes them.';
revoke execute on function private.new_webhook_secret from public, anon, authenticated;
grant execute on function private.new_webhook_secret to service_role;
