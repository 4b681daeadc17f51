/** The twin of `step.ts` in PL/pgSQL, line by line. `/` of whole numbers from 0 is `floorDivide`. */
export const bucketSql: string = `
declare
  capacity bigint := p[o];
  unit bigint := p[o + 1];
  rate bigint := p[o + 2];
  tick bigint := p[o + 3];
  brim bigint := capacity * unit;
  level bigint := s[2];
  ticks bigint;
begin
  if s[3] <> unit and level > 0 then
    level := least((level + s[3] - 1) / s[3], capacity) * unit;
  end if;
  level := least(level, brim);
  ticks := now / tick - s[1] / tick;
  -- Compared before it is multiplied: an idle year times the rate does not fit a bigint.
  if ticks > level / rate then level := 0; else level := level - ticks * rate; end if;
  fits := capacity > 0 and cost <= (brim - level) / unit;
  wait := 0;
  if fits then
    level := level + cost * unit;
  elsif cost > capacity or capacity = 0 then
    wait := -1;
  else
    if counted then level := brim; end if;
    wait := (now / tick + (level - (brim - cost * unit) + rate - 1) / rate) * tick - now;
  end if;
  remaining := (brim - level) / unit;
  reset := case when level = 0 then 0 else (now / tick + (level + rate - 1) / rate) * tick - now end;
  life := reset;
  s[1] := now;
  s[2] := level;
  s[3] := unit;
end;
`;
