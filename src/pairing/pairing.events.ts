/** Why an attempt at `POST /pair` was refused. */
export type PairingRefusal = 'invalid' | 'locked';

declare module '../platform/events/event-bus' {
  interface GatewayEvents {
    /** A device holds a new token. */
    'pairing.paired': { deviceId: string; client: string };
    /** Somebody (a principal's id; undefined on this machine) was given a code for a further device. */
    'pairing.code_issued': { by: string | undefined; scopes: readonly string[] };
    /** Somebody threw a device out, perhaps its own. */
    'pairing.device_revoked': { deviceId: string; by: string };
    /** Another process or an operator made tokens valid. Full SHA-256 hashes. */
    'pairing.learned': { tokenHashes: string[] };
    /** Tokens that must stop working now: sockets close, other replicas forget them. Full SHA-256 hashes. */
    'pairing.revoked': { tokenHashes: string[] };
    /** An attempt at `POST /pair` was refused. */
    'pairing.failed': { client: string; reason: PairingRefusal };
    /** Too many wrong codes came in from all over: none of the codes given out so far is good any more. */
    'pairing.codes_withdrawn': { guesses: number };
  }
}
