/** How long a user may take for a login or a consent, in seconds. */
export const INTERACTION_TTL_SECONDS = 600;

/**
 * How long the engine's session lives, in seconds: it is created at login, so it must outlast the
 * consent that follows. No signed cookie or open page stays valid for longer.
 */
export const SESSION_TTL_SECONDS = 2 * INTERACTION_TTL_SECONDS;
