create function private.webhook_url_error(
    url text,
    -- loopback by name or number too, on any port, with or without encryption: for development
    allow_local boolean default false
)
    -- null when nothing is wrong
    returns text
    language sql
    immutable
    parallel safe
    set search_path = ''
as $$
    select
        case
            when char_length(url) > 2000 then 'url: longer than 2000 characters'
            when url !~ '^[!-~]*$' or url ~ '["<>\\^`{|}]'
                then 'url: holds a space, a backslash or another character that must be encoded'
            when allow_local and url ~* '^https?://(localhost|127[.]0[.]0[.]1)(:[0-9]{1,5})?([/?][^#]*)?$' then null
            when url !~* '^https://' then 'url: must start with https://'
            when strpos(url, '#') > 0 then 'url: holds a fragment (#), which is never sent; leave it out'
            when strpos(parts.authority, '@') > 0
                then 'url: holds a user name or password before @; leave it out'
            when parts.authority ~ '^[^[]*:' and parts.authority !~ '^[^:]*:443$'
                then 'url: names another port than 443; leave it out'
            when
                char_length(parts.host) > 253
                or parts.host !~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z][a-z0-9-]{0,61}[a-z0-9]$'
                -- names that no public directory of names answers for (RFC 6761, 6762, 7686, 9476), or never will
                or substring(parts.host from '[^.]*$') in (
                    'alt', 'arpa', 'corp', 'example', 'home', 'internal', 'intranet', 'invalid', 'lan', 'local',
                    'localdomain', 'localhost', 'onion', 'private', 'test'
                )
                then
                'url: the host must be a public name like hooks.example.com, not an address or a local name'
        end
    from (
        select
            authority,
            regexp_replace(authority, ':443$', '') as host
        from lower(coalesce(substring(url from '^[^/]*//([^/?#]*)'), '')) as authority
    ) as parts;
$$;
comment on function private.webhook_url_error is
'Why an address is refused as an endpoint, in the words and the order of campaignbase.core.webhook_url.

Where its name leads is looked at when something is sent: it must be a public address then.';
revoke execute on function private.webhook_url_error from public, anon;
grant execute on function private.webhook_url_error to authenticated, service_role;
