create function private.poke(
    -- an edge function
    function_name text
)
    -- false where there is nothing to poke with, or nobody
    returns boolean
    language plpgsql
    volatile
    security definer  -- the key of the functions is not for whoever writes a row
    set search_path = ''
as $$
declare
    url text;
    key text;
begin
    if
        to_regprocedure('net.http_post(text,jsonb,jsonb,jsonb,integer)') is null
        or to_regclass('vault.decrypted_secrets') is null
    then
        return false;
    end if;
    -- by text: neither need exist when this function is made
    execute
        'select'
        ' max(decrypted_secret) filter (where name = ''campaignbase_functions_url''),'
        ' max(decrypted_secret) filter (where name = ''campaignbase_functions_key'')'
        ' from vault.decrypted_secrets'
        ' where name in (''campaignbase_functions_url'', ''campaignbase_functions_key'')'
    into url, key;
    if coalesce(btrim(url), '') = '' or coalesce(btrim(key), '') = '' then
        return false;
    end if;
    -- pg_net answers nobody until its slowest request is done, so ours is short; the function works on
    execute
        'select net.http_post(url => $1, body => ''{}'', headers => $2, timeout_milliseconds => 1000)'
    using
        rtrim(btrim(url), '/') || '/' || function_name,
        jsonb_build_object('Content-Type', 'application/json', 'apikey', btrim(key));
    return true;
exception
    -- whoever wrote the row wrote it all the same; the sweep finds it
    when others then
        raise warning 'edge function % was not poked: %', function_name, sqlerrm;
        return false;
end
$$;
comment on function private.poke is
'Wakes an edge function by pg_net, with the address and the key that Vault holds. A nudge: losing it loses time only.';
revoke execute on function private.poke from public, anon, authenticated, service_role;
