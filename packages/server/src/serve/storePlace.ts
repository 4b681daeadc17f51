/** Where a store is, for people: never a password. Undefined for what is no store. */
export function storePlace(text: string): string | undefined {
  if (text === "memory" || /^sqlite:(?!\/\/)./.test(text)) return text;
  if (!/^(?:rediss?|postgres(?:ql)?):\/\//.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
