/**
 * What stands before the name of a record: the prefix, and a hash tag, so that all records of one key lie on one server
 * of a cluster. Redis reads the first pair of braces, and ours come first: no user string can choose the tag.
 */
export function redisKeyPrefix(prefix: string, namespace: string, key: string): string {
  return `${prefix}{${tagOf(`${namespace} ${key}`)}}`;
}

/** FNV-1a of 32 bits (Fowler, Noll and Vo, 1991), over UTF-16 units: the same in every process and version. */
function tagOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
