/** The twin of `step.ts` in PL/pgSQL, line by line. `/` of whole numbers from 0 is `floorDivide`. */
export const windowSql: string = `
declare
  most bigint := p[o];
  width bigint := p[o + 1];
  tick bigint := p[o + 2];
  sliding boolean := p[o + 3] = 1;
  ticks bigint := width / tick;
  began bigint := s[1];
  current bigint := s[2];
  previous bigint := s[3];
  passed bigint;
  counts bigint;
  weighted bigint := 0;
  free bigint;
begin
  if p[o + 4] = 0 then
    if current = 0 or now - began >= width then
      began := now;
      current := 0;
    end if;
  else
    passed := now / width - began / width;
    if passed > 0 then
      previous := case when passed = 1 and sliding then current else 0 end;
      current := 0;
    elsif began > now - now % width then
      current := least(current + previous, 4503599627370496);
      previous := 0;
    end if;
    began := now - now % width;
  end if;
  counts := least(previous, most);
  if counts > 0 then
    weighted := (counts * (ticks - (now - began) / tick) + ticks - 1) / ticks;
  end if;
  fits := most > 0 and (cost <= most - current - weighted or cost = 0);
  wait := 0;
  if fits then
    current := current + cost;
  elsif cost > most or most = 0 then
    wait := -1;
  else
    if counted then current := greatest(current, least(most, current + cost)); end if;
    free := most - cost;
    if not sliding then
      wait := began + width - now;
    elsif current > free then
      wait := began + width + (ticks - free * ticks / least(current, most)) * tick - now;
    else
      wait := began + width - (free - current) * ticks / counts * tick - now;
    end if;
  end if;
  remaining := greatest(0, most - current - weighted);
  reset := 0;
  if current > 0 then
    reset := began + width - now;
    if sliding then reset := reset + width; end if;
  elsif previous > 0 then
    reset := began + width - now;
  end if;
  life := reset;
  s[1] := began;
  s[2] := current;
  s[3] := previous;
end;
`;

export const windowAdjustSql: string = `
declare
  most bigint := p[o];
  width bigint := p[o + 1];
begin
  if amount > 0 then
    s[2] := greatest(s[2], least(most, s[2] + least(amount, most)));
  elsif moment >= s[1] then
    s[2] := greatest(0, s[2] + amount);
  elsif p[o + 3] = 1 and moment >= s[1] - width then
    s[3] := greatest(0, s[3] + amount);
  end if;
end;
`;
