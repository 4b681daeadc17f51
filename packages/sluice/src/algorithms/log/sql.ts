/** The twin of `step.ts` in PL/pgSQL, line by line; arrays begin at 1 here, and the costs at 4. */
export const logSql: string = `
declare
  most bigint := p[o];
  period bigint := p[o + 1];
  began bigint := s[1];
  used bigint := s[2];
  span bigint := s[3];
  first bigint := 4;
  at_entry bigint;
  moment bigint;
  left_over bigint;
begin
  while used > 0 and now - began + span >= period loop
    used := used - s[first];
    span := span - coalesce(s[first + 1], 0);
    first := first + 2;
  end loop;
  fits := most > 0 and (cost <= most - used or cost = 0);
  counted := counted and not fits and cost <= most and most > 0;
  if (fits or counted) and cost > 0 then
    if used > 0 and now = began then
      s[cardinality(s)] := s[cardinality(s)] + cost;
    else
      if used > 0 then
        s := s || (now - began);
        span := span + now - began;
      end if;
      s := s || cost;
    end if;
    began := now;
    used := used + cost;
  end if;
  if counted then
    while used - s[first] >= most loop
      used := used - s[first];
      span := span - s[first + 1];
      first := first + 2;
    end loop;
    s[first] := s[first] - (used - most);
    used := most;
  end if;
  wait := 0;
  if not fits then
    wait := -1;
    if cost <= most and most > 0 then
      moment := began - span;
      left_over := used - s[first];
      at_entry := first + 1;
      while left_over + cost > most loop
        moment := moment + s[at_entry];
        left_over := left_over - s[at_entry + 1];
        at_entry := at_entry + 2;
      end loop;
      wait := moment + period - now;
    end if;
  end if;
  remaining := greatest(0, most - used);
  reset := case when used > 0 then began + period - now else 0 end;
  life := reset;
  s := array[began, used, span] || s[first :];
end;
`;
