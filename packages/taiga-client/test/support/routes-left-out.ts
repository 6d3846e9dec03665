/** Routes that the client leaves out on purpose, by pattern, and why. The first match counts. */
const LEFT_OUT: [RegExp, string][] = [
  [/^PUT /, "PATCH does it without resetting the fields that are left out"],
  [/\/(voters|watchers|fans)\/\{pk\}$/, "the list of followers has the same rows"],
  [/\/attachments\/\{pk\}\/(un)?watch$/, "an attachment cannot be watched; Taiga ignores it"],
  [/\/custom-attributes-values\/\{\w+\}\/(un)?watch$/, "Taiga answers 500"],
  [/^GET \/history\/\w+$/, "lists nothing: Taiga needs the object's id"],
  [/^\w+ \/(bitbucket|github|gitlab|gogs)-hook$/, "called by code hosts, not by users"],
  [/^POST \/auth\/(register|verify)$/, "accounts are made on Taiga's own pages"],
  [/^POST \/application-tokens(\/authorize)?$/, "consent to applications is given in a browser"],
  [
    /^(GET|PUT|PATCH) \/application-tokens\/\{pk\}$/,
    "the list has the same rows; consent is given in a browser",
  ],
  [/^GET \/applications\/\{pk\}\/token$/, "consent to applications is given in a browser"],
  [
    /^\w+ \/users\/(cancel|change_\w+|export|password_recovery|remove_avatar|send_verification_email)$/,
    "passwords, addresses and the end of an account belong to Taiga's own pages",
  ],
  [/^(POST|DELETE) \/users(\/\{pk\})?$/, "accounts are made and ended on Taiga's own pages"],
  [
    /^POST \/delete-owned-projects$/,
    "deletes everything a user owns; `projects.delete` names each",
  ],
  [/^\w+ \/importer/, "needs a dump file of another server"],
  [/^(POST|PATCH|DELETE) \/project-templates/, "only for administrators of the server"],
  [/^GET \/project-templates\/\{pk\}$/, "the list has the same rows"],
  [/^POST \/projects\/\{pk\}\/create_template$/, "only for administrators of the server"],
  [
    /^POST \/\w+-due-dates\/create_default$/,
    "every project has the default rules from its template",
  ],
  [/^GET \/swimlane-userstory-statuses$/, "Taiga answers 500 when it is filtered by project"],
  [/^GET \/invitations/, "an invitation is accepted in a browser"],
  [
    /^(POST|DELETE) \/(notify-policies|user-project-settings)/,
    "Taiga makes one for each project itself",
  ],
  [/^GET \/timeline\/profile/, "the same as the user's timeline, seen from outside"],
  [/^GET \/timeline\/\w+$/, "lists nothing: Taiga needs an id"],
  [/^GET \/stats\//, "numbers about the server, not about a project"],
  [/^POST \/feedback$/, "goes to the makers of Taiga"],
  [/^GET \/(locales|sections)$/, "constants of Taiga's own pages"],
];

/** Why a route (`GET /projects`) is left out, if it is. */
export const toLeftOutReason = (route: string): string | undefined =>
  LEFT_OUT.find(([pattern]) => pattern.test(route))?.[1];

/** Patterns that no route of Taiga matches: they can go. */
export const toIdlePatterns = (routes: readonly string[]): string[] =>
  LEFT_OUT.filter(([pattern]) => !routes.some((route) => pattern.test(route))).map(([pattern]) =>
    String(pattern),
  );
