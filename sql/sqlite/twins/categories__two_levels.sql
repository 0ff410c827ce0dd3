-- twin of: private.tg_categories__two_levels, public.categories._200_two_levels
create trigger categories__two_levels_insert
after insert on categories
when exists (select 1 from categories where id = new.parent_id and parent_id is not null)
begin
    select raise(
        abort,
        'a category would be on a third level; categories have two: give it a parent that has no parent itself'
    );
end;

create trigger categories__two_levels_update
after update of parent_id on categories
when
    new.parent_id is not null
    and (
        exists (select 1 from categories where id = new.parent_id and parent_id is not null)
        or exists (select 1 from categories where parent_id = new.id)
    )
begin
    select raise(
        abort,
        'a category would be on a third level; categories have two: give it a parent that has no parent itself'
    );
end;
