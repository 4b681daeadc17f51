/** The field of a limit. What RFC 9110 does not allow in the name of one becomes a hyphen. */
export function fieldOf(field: string, name: string): string {
  return field.replaceAll("{name}", name.replace(/[^!#$%&'*+.^_`|~0-9A-Za-z-]/g, "-"));
}
