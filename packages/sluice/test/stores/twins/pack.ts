/** A short list of small whole numbers as MessagePack. */
export function pack(list: readonly number[]): Buffer {
  return Buffer.from([0x90 + list.length, ...list]);
}

/** The numbers of a MessagePack list of whole numbers, as `cmsgpack.pack` writes it. */
export function unpack(bytes: Buffer): number[] {
  let at = 0;
  const read = (size: number, from: number) => {
    let number = from;
    for (let n = 0; n < size; n++) number = number * 256 + bytes[at++];
    return number;
  };
  const unsigned = (size: number) => read(size, 0);
  // Beginning with the sign, every number on the way is exact.
  const signed = (size: number) => read(size, bytes[at] < 0x80 ? 0 : -1);
  const tag = unsigned(1);
  const length = tag === 0xdd ? unsigned(4) : tag === 0xdc ? unsigned(2) : tag - 0x90;
  const list = Array.from({ length }, () => {
    const type = unsigned(1);
    if (type < 0x80) return type;
    if (type >= 0xe0) return type - 0x100;
    if (type < 0xcc || type > 0xd3) throw new Error(`no whole number: 0x${type.toString(16)}`);
    return type < 0xd0 ? unsigned(2 ** (type - 0xcc)) : signed(2 ** (type - 0xd0));
  });
  if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes too many`);
  return list;
}
