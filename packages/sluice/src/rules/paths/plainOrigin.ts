/**
 * Scheme and host that every parser ends at the same place. Adapters take off no more than rules look through: where the two
 * differed, path rules could be dodged.
 */
export const PLAIN_ORIGIN: RegExp = /^[a-z]+:\/\/(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?(?=[/?#]|$)/i;
