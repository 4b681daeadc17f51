import { trustedProxies } from "sluice";

/** Whether an address is one that only this machine can reach. */
export const isLoopback: (address: string | undefined) => boolean = trustedProxies(["127.0.0.0/8", "::1"]);
